/** Messages between the page and the worker that writes staged files. */

export type StagingQuestion =
  | {
      readonly id: number;
      readonly kind: 'open';
      readonly handle: FileSystemFileHandle;
      readonly size: number;
    }
  | { readonly id: number; readonly kind: 'truncate'; readonly size: number }
  | {
      readonly id: number;
      readonly kind: 'write';
      readonly position: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly id: number; readonly kind: 'flush' }
  | { readonly id: number; readonly kind: 'close' };

export type StagingAnswer =
  | { readonly id: number; readonly buffer?: ArrayBuffer }
  | { readonly id: number; readonly name: string; readonly message: string };
