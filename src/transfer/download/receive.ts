import { TransferError } from '../../core/errors.js';
import type { ItemControl } from '../job.js';
import { encodedRange } from './answers.js';
import type { FetchedFile } from './fetched-file.js';
import type { PieceBuffers } from './piece-buffers.js';
import { pump } from './pump.js';
import { NotOfConnection, type OpenRequest } from './request.js';
import type { Segment } from './segments.js';

export interface WatchedReceipt {
  received(bytes: number): void;
  /** The sink is waited for, until the function that comes back is called. */
  waits(): () => void;
}

export interface ReceiveOptions {
  readonly file: FetchedFile;
  readonly buffers: PieceBuffers;
  readonly segment: Segment;
  readonly request: OpenRequest;
  /** Bytes at the beginning of the body that are written already. */
  readonly skip: number;
  /** Bytes that are written at once. Absent: as many as is quick. */
  readonly piece?: number | undefined;
  /** Nothing is known of this storage's answers yet. */
  readonly isFirst: boolean;
  readonly control: ItemControl;
  /** Judges the speed of the connection. */
  readonly watched: WatchedReceipt;
}

/**
 * Writes the body of an answer into a segment. Throws unless all bytes that were missing have come: whatever the
 * browser thinks, a body that is too short is no success.
 */
export async function receiveBody(options: ReceiveOptions): Promise<void> {
  const { file, buffers, segment, request, skip, isFirst, control, watched } = options;
  const { response } = request;
  const { segments, check, path } = file;
  const limit = skip + segment.end - (segment.start + segment.written);
  if (segment.hashes.length === 0 && segment.written === 0) await check.beginSegment(segment);
  if (limit === 0 || response.status === 416 || response.body === null) return;
  let passOver = skip;
  const before = segment.written;
  let read = 0;
  let counted = 0;
  const count = (all: number): void => {
    file.received(all - counted, control);
    counted = all;
  };
  const pumping = request.guard(() =>
    pump(response.body as ReadableStream<Uint8Array<ArrayBuffer>>, {
      buffers,
      ...(options.piece === undefined ? {} : { piece: options.piece }),
      limit,
      looksBeyond: isFirst && Number.isFinite(limit),
      onReceived: bytes => {
        request.alive();
        watched.received(bytes);
        read += bytes;
        count(Math.max(0, read - skip));
      },
      write: async piece => {
        const wanted = piece.subarray(Math.min(passOver, piece.length));
        passOver -= piece.length - wanted.length;
        if (wanted.length === 0) return piece.buffer;
        const goOn = request.pause();
        const waited = watched.waits();
        try {
          return await file.write(segment, wanted, control);
        } catch (error) {
          throw new NotOfConnection(error);
        } finally {
          waited();
          goOn();
        }
      },
    }),
  );
  // What was read and is not written comes once more.
  const { ended, more } = await pumping.finally(() => count(segment.written - before));
  // An engine reports a body that is too short for its length, and cuts one that is too long: then the length is that
  // of an encoded form, whose header this page cannot see.
  const isShort = ended && isFirst && Number(response.headers.get('content-length')) === limit;
  if (more || isShort) {
    file.habits.encoded = true;
    throw encodedRange(path, 'restart');
  }
  const end = segment.start + segment.written;
  if (ended && segment.end === Number.POSITIVE_INFINITY && end >= (file.talk.first?.decoded ?? 0)) {
    segments.setTotal(end);
  }
  if (segment.start + segment.written >= segment.end) {
    file.ended(segment);
    return;
  }
  throw new TransferError('The connection ended before all bytes had come.', {
    kind: 'retry',
    reason: 'incomplete',
    path,
  });
}
