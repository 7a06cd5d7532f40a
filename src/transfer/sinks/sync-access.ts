/** What a synchronous access handle may do wrong without saying so. */

export interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

const noRoom = (): DOMException => new DOMException('The file does not fit.', 'QuotaExceededError');

/** Writes all of `bytes`. Throws `QuotaExceededError` when the disk, or the browser's share of it, is full. */
export function writeAll(access: SyncAccessHandle, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = access.write(bytes.subarray(done), { at: position + done });
    // Off the record, Chromium gives back its error number (−8) as an unsigned one instead of throwing.
    if (count <= 0 || count > bytes.length - done) throw noRoom();
    done += count;
  }
}

/** Gives the file this size. Throws `QuotaExceededError`. */
export function resize(access: SyncAccessHandle, size: number): void {
  access.truncate(size);
  // Off the record, Chromium leaves the file as it was, without a word.
  if (access.getSize() !== size) throw noRoom();
}
