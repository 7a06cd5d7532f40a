import type { Delivery, TransferResponse, UploadPlan } from '../adapters/adapter.js';
import type { TransferError } from '../core/errors.js';
import { abortable } from './clock.js';
import type { TransferContext } from './context.js';
import type { PacedTurn } from './pacer.js';
import { type RetryOptions, retrying } from './retry.js';
import type { Flow, Lease } from './scheduler.js';
import { isLocal, send } from './send.js';
import { originOf, signingKey } from './transfer-errors.js';

/** Bytes that stay in the browser have a budget too: they compete for the same disk. */
const localOrigin = 'local:';
/** A signature that ends sooner than this is not worth sending with. Milliseconds. */
const expiryMargin = 20_000;

export interface DeliverOptions {
  readonly context: TransferContext;
  readonly signal: AbortSignal;
  readonly flow: Flow;
  /** Origins to choose from; empty: whatever the signature says. */
  readonly origins: readonly string[];
  readonly phase: 'send' | 'part' | 'form';
  /** The bytes, asked for when they are about to go out. */
  readonly body: () => Blob;
  /** The same in memory, where it was read already. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  readonly size: number;
  /** Prepares one request. */
  sign(context: { attempt: number; origin?: string; signal: AbortSignal }): Promise<Delivery>;
  readonly readError: UploadPlan['readError'];
  readonly fileName?: string;
  readonly type?: string;
  /** Bytes handed over by the current attempt. */
  onSent?(bytes: number): void;
  /** Bytes begin to move. */
  onSending?(): void;
  /** An attempt is over, well or not. */
  onAttemptEnd?(): void;
  onWaiting?: RetryOptions['onWaiting'];
  onResumed?(): void;
  progressMark?(): number;
  inspect?(error: TransferError): Promise<TransferError> | TransferError;
  /** Which origin the bytes went to. */
  onOrigin?(origin: string): void;
}

export interface Delivered {
  readonly response: TransferResponse;
  /** More than one: the storage may have taken the bytes of an earlier attempt, whose answer was lost. */
  readonly attempts: number;
  /** Milliseconds from the first byte to the answer. */
  readonly took: number;
}

function expiresSoon(delivery: Delivery, now: number): boolean {
  return !isLocal(delivery) && delivery.expiresAt !== undefined && delivery.expiresAt - now < expiryMargin;
}

/**
 * Brings one body to the storage: signs ahead of its turn, waits for a connection, signs again when the wait was too
 * long, sends, reads the answer, and does all that again as the kind of each failure asks.
 */
export async function deliver(options: DeliverOptions): Promise<Delivered> {
  const { context, signal } = options;
  let attempts = 0;
  let origin: string | undefined;
  const signer = signingKey(context.adapter);
  /** Whom a failure speaks of. */
  let asked: string | undefined;
  const once = async (number: number): Promise<Delivered> => {
    const reservation = options.origins.length > 0 ? context.scheduler.reserve(options.origins) : undefined;
    const sign = async (attempt: number): Promise<Delivery> => {
      asked = signer;
      const signing = options.sign({
        attempt,
        signal,
        ...(reservation ? { origin: reservation.origin } : {}),
      });
      const signed = await abortable(signing, signal);
      context.connectivity.prove(signer);
      return signed;
    };
    let lease: Lease | undefined;
    let turn: PacedTurn | undefined;
    let delivery: Delivery;
    try {
      delivery = await sign(number);
      const { size } = options;
      turn = await context.pacer.take(size, signal);
      origin = isLocal(delivery)
        ? localOrigin
        : (originOf(delivery.url) ?? reservation?.origin ?? localOrigin);
      const usesReservation = reservation?.origin === origin;
      lease = await context.scheduler.acquire({
        origins: [origin],
        signal,
        flow: options.flow,
        ...(usesReservation ? { reservation } : {}),
        ...(context.connectionsPerOrigin === undefined ? {} : { ceiling: context.connectionsPerOrigin }),
      });
      // The wait for a connection may have outlived the signature.
      if (expiresSoon(delivery, context.clock.now())) delivery = await sign(number + 1);
    } catch (error) {
      lease?.release();
      turn?.giveBack(options.size);
      throw error;
    } finally {
      reservation?.cancel();
    }
    options.onOrigin?.(origin);
    asked = origin;
    return transmit(options, delivery, lease, turn, origin, ++attempts);
  };
  return retrying(once, {
    signal,
    clock: context.clock,
    connectivity: context.connectivity,
    origin: () => asked,
    ...(options.progressMark ? { progressMark: () => options.progressMark!() } : {}),
    ...(options.inspect ? { inspect: error => options.inspect!(error) } : {}),
    onWaiting: (error, nextTry) => options.onWaiting?.(error, nextTry),
    onResumed: () => options.onResumed?.(),
  });
}

async function transmit(
  options: DeliverOptions,
  delivery: Delivery,
  lease: Lease,
  turn: PacedTurn,
  origin: string,
  attempts: number,
): Promise<Delivered> {
  const { context, signal, phase } = options;
  const { scheduler, connectivity, clock } = context;
  let lost = true;
  let moved = 0;
  let out = 0;
  try {
    options.onSending?.();
    const began = clock.now();
    const response = await send(delivery, options.body(), {
      signal,
      clock,
      bytes: options.bytes,
      onSent: bytes => {
        out = bytes;
        options.onSent?.(bytes);
      },
      ...(options.fileName === undefined ? {} : { fileName: options.fileName }),
      ...(options.type === undefined ? {} : { type: options.type }),
    });
    connectivity.prove(origin);
    const error = options.readError(response, { phase });
    if (error) {
      lost = error.reason === 'rate-limited' || response.status === 503;
      // One refused request speaks for all that would follow it.
      if (lost && error.retryAfter !== undefined) scheduler.brake(origin, error.retryAfter);
      throw error;
    }
    lost = false;
    moved = options.size;
    return { response, attempts, took: clock.now() - began };
  } finally {
    turn.giveBack(options.size - Math.max(out, moved));
    // Neither a person's pause nor being offline says anything about the link.
    lease.release({ bytes: moved, lost: lost && !signal.aborted && connectivity.online });
    options.onAttemptEnd?.();
  }
}
