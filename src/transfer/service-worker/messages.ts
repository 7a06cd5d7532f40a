/** What a page and the download worker say to each other. */

/** From a page to the worker. */
export type ToWorker =
  /** A download is about to be asked for; its port comes with the message. */
  | {
      readonly kind: 'open';
      readonly id: string;
      /** Name to save under, safe for a disk. */
      readonly name: string;
      /** Bytes; undefined: not known. */
      readonly size: number | undefined;
    }
  /** These downloads are still being fed. Keeps the worker alive as well: browsers end one that hears nothing. */
  | { readonly kind: 'alive'; readonly ids: readonly string[] };

/** From the worker to all of a page. */
export type ToPage =
  /** The worker was ended and started again in between: it knows nothing of these any more. */
  { readonly kind: 'lost'; readonly ids: readonly string[] };

/** From the page along a download's port. */
export type FromFeeder =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'fail' };

/** From the worker along a download's port. */
export type ToFeeder =
  | { readonly kind: 'ready' }
  /** The browser has asked for it. */
  | { readonly kind: 'started' }
  /** One more piece may come. A buffer that the browser has read comes back with it, where there is one. */
  | { readonly kind: 'wanted'; readonly spare?: ArrayBuffer }
  | { readonly kind: 'ended' }
  /** The person has stopped it in the browser's list of downloads. */
  | { readonly kind: 'cancelled' };
