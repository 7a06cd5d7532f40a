import type { UploadFile } from '../../transfer/types.js';
import { pickFiles } from '../upload-dropzone/parts/pick-files.js';

/**
 * Opens the browser's picker where it gives handles, so that the file need not be chosen a third time. `impossible`:
 * there is none, an `<input>` must do.
 */
export async function chooseAgain(multiple: boolean): Promise<UploadFile[] | 'cancelled' | 'impossible'> {
  const { signal } = new AbortController();
  const picked = await pickFiles({ accept: [], multiple, signal });
  if (typeof picked === 'string') return picked;
  const files: UploadFile[] = [];
  for await (const input of picked) if ('file' in input) files.push(input as UploadFile);
  return files;
}
