import type { FormPlan, RequestPlan, TransferResponse, UploadOutcome } from '../../adapters/adapter.js';
import type { Checksum, ChecksumAlgorithm } from '../../core/checksum.js';
import { TransferError } from '../../core/errors.js';
import { deliver } from '../deliver.js';
import type { ItemControl } from '../item-run.js';
import { smallBody } from '../send.js';
import { signingKey } from '../transfer-errors.js';
import { enforcedBy, hexDigest, type Proof, type Uploaded } from './evidence.js';
import { localProblem, readWhole } from './inputs.js';
import { findStored } from './lost-answer.js';
import { finishingControl, retryCall, type UploadSession } from './session.js';

type Digests = Map<ChecksumAlgorithm, Checksum>;

/** Sends a file as one request (`request`) or as one form (`form`). */
export async function uploadWhole(
  session: UploadSession,
  plan: RequestPlan | FormPlan,
  control: ItemControl,
): Promise<Uploaded> {
  const { context, opened, intent, habits } = session;
  const { signal } = control;
  const { blob, size } = opened;
  const { requestChecksum, wholeChecksum } = plan;
  const bytes =
    size <= smallBody && intent.checksum !== 'none' ? await readWhole(blob, intent.path) : undefined;
  const digests: Digests = new Map();
  let hashing = signal;
  const hash = async (algorithms: readonly ChecksumAlgorithm[]): Promise<void> => {
    const missing = [...new Set(algorithms)].filter(algorithm => !digests.has(algorithm));
    if (missing.length === 0) return;
    const { hasher } = context;
    const options = { signal: hashing };
    const hashed = bytes ? hasher.hashBytes(bytes, missing, options) : hasher.hash(blob, missing, options);
    for (const [name, checksum] of await hashed) digests.set(name, checksum);
  };
  // The signature wants the checksum of the request, so this one cannot be computed beside sending.
  const before = requestChecksum === undefined ? [] : [requestChecksum];
  const beside: ChecksumAlgorithm[] = wholeChecksum === undefined ? [] : [wholeChecksum];
  if (habits.reportsChecksums === false && habits.md5Etags !== false && intent.checksum !== 'none') {
    beside.push('md5');
  }
  await hash(before.length > 0 ? [...before, ...(size <= 1024 * 1024 ? beside : [])] : []);
  const hashedBeside = hash(beside);
  hashedBeside.catch(() => {});

  const proof: Proof = {
    get ours() {
      return [...digests.values()];
    },
    enforced: enforcedBy(plan),
    async expectedEtag() {
      await hash(['md5']);
      return hexDigest(digests.get('md5')!);
    },
    async hashWhole(algorithm) {
      await hash([algorithm]);
      return digests.get(algorithm)!;
    },
  };

  let response: TransferResponse;
  try {
    const delivered = await deliver({
      context,
      signal,
      flow: session.flow,
      origins: plan.origins ?? [],
      phase: plan.kind === 'form' ? 'form' : 'send',
      body: () => blob,
      bytes,
      size,
      sign: ({ attempt, origin, signal: signing }) => {
        const checksum = requestChecksum === undefined ? undefined : digests.get(requestChecksum)!;
        // Some storages make an entry before they take bytes.
        session.touched = true;
        return plan.sign({
          attempt,
          signal: signing,
          ...(origin === undefined ? {} : { origin }),
          ...(checksum ? { checksum } : {}),
        });
      },
      readError: (answer, about) => plan.readError(answer, about),
      fileName: intent.path.slice(intent.path.lastIndexOf('/') + 1),
      type: intent.type,
      onSent: bytes => control.setSent(bytes),
      onSending: () => {
        session.sendings += 1;
        control.setState('active');
      },
      onWaiting: (error, nextTry) => control.setState('waiting', error, nextTry),
      onResumed: () => control.setState('active'),
      inspect: async error => (await localFault(session, error)) ?? error,
    });
    response = delivered.response;
    habits.measured(size, delivered.took);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const found = await ownAnswer(session, proof, error, signal);
    if (!found) throw error;
    return { outcome: found, response: undefined, proof };
  }
  control.setState('finishing');
  const finishing = finishingControl(control, context.clock);
  hashing = finishing.signal;
  // A cancel may have ended this one; what is stored still wants its proof.
  await hashedBeside.catch(() => hash(beside));
  const whole = wholeChecksum === undefined ? undefined : digests.get(wholeChecksum);
  const outcome = await retryCall(
    context,
    finishing,
    ending => plan.finish(response, { signal: ending, ...(whole ? { whole } : {}) }),
    signingKey(context.adapter),
  );
  return { outcome, response: outcome.response ?? response, proof };
}

/** "Taken" after a lost answer may mean: taken by the attempt whose answer was lost. */
async function ownAnswer(
  session: UploadSession,
  proof: Proof,
  error: unknown,
  signal: AbortSignal,
): Promise<UploadOutcome | undefined> {
  const taken = error instanceof TransferError && error.reason === 'exists';
  if (!taken || session.sendings < 2 || !session.intent.createOnly) return undefined;
  return findStored(session, proof, signal);
}

/** A broken connection may be the browser's way to say that the file changed. */
export async function localFault(
  session: UploadSession,
  error: TransferError,
): Promise<TransferError | undefined> {
  if (error.reason !== 'network' && error.reason !== 'stalled' && error.reason !== 'cors-or-network') {
    return undefined;
  }
  return localProblem(session.input, session.opened, session.intent.path);
}
