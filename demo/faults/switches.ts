import type { FaultRule, FaultSwitches } from '../server/store/options.js';

interface Switch {
  id: string;
  label: string;
  settings?: Partial<FaultSwitches>;
  rule?: FaultRule;
}

/** What the page offers to break. */
export const switches: readonly Switch[] = [
  { id: 'delay', label: 'Every request takes half a second longer', settings: { delay: 500 } },
  { id: 'slow', label: 'Each connection carries 1 MB/s', settings: { bytesPerSecond: 1_000_000 } },
  {
    id: 'busy',
    label: 'The next six uploads of bytes are refused: 503, come back in 2 s',
    rule: { operation: ['UploadPart', 'PutObject', 'PostObject'], status: 503, retryAfter: 2, times: 6 },
  },
  {
    id: 'reset',
    label: 'The next ten parts lose their connection after 1 MiB',
    rule: { operation: 'UploadPart', resetAfterBytesIn: 1 << 20, times: 10 },
  },
  {
    id: 'stall',
    label: 'The next part goes silent half way',
    rule: { operation: 'UploadPart', stall: 'request', stallAfterBytes: 1 << 20, times: 1 },
  },
  {
    id: 'late-error',
    label: 'The next Complete answers 200 with an error inside',
    rule: { operation: 'CompleteMultipartUpload', errorInBody: true, times: 1 },
  },
  {
    id: 'lost-answer',
    label: 'The answer to the next Complete is lost',
    rule: { operation: 'CompleteMultipartUpload', loseAnswer: true, times: 1 },
  },
  { id: 'expired', label: 'Every signed URL has expired already', settings: { expireEarly: 8 * 86_400_000 } },
  { id: 'no-etag', label: 'ETag is hidden from the page', settings: { hideETag: true } },
  { id: 'no-cors', label: 'Errors come without CORS headers', settings: { dropCors: 'errors' } },
  { id: 'no-ranges', label: 'Ranges are ignored', settings: { ignoreRange: true } },
  { id: 'full', label: 'The disk is full', settings: { storeFull: true } },
];
