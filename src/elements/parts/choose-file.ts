import type { TransferItem, TransferJob, UploadFile } from '../../transfer/types.js';
import { pickFiles } from '../upload-dropzone/parts/pick-files.js';

/** Whether an upload lacks its file, so that trying it again means little: the person has to give it once more. */
export const needsFile = (job: TransferJob, { state, error, path }: TransferItem): boolean =>
  job.kind === 'upload' &&
  state === 'failed' &&
  (error?.reason === 'changed-local' || error?.reason === 'unreadable') &&
  // A folder that could not be read is more than one file.
  !path.endsWith('/');

/**
 * Asks the person for one file: by the picker that gives handles, so that a reload need not ask again, else by an
 * input. Undefined: they changed their mind. Must be called from a click or a key press.
 */
async function chooseFile(): Promise<File | UploadFile | undefined> {
  const picked = await pickFiles({ accept: [], multiple: false, signal: new AbortController().signal });
  if (picked === 'cancelled') return undefined;
  if (picked === 'impossible') return chooseByInput();
  for await (const input of picked) if ('file' in input) return input as UploadFile;
  return undefined;
}

function chooseByInput(): Promise<File | undefined> {
  const input = Object.assign(document.createElement('input'), { type: 'file' });
  return new Promise(resolve => {
    input.addEventListener('change', () => resolve(input.files?.[0]));
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}

/** Has the person choose the file of this item again, and uploads it to the same place. */
export async function chooseAndSend(job: TransferJob, index: number): Promise<void> {
  const file = await chooseFile();
  if (file) job.sendAgain(index, file);
}
