import type { BrowserAction } from './action.js';

function uploadAction(directory: boolean): BrowserAction {
  return {
    id: directory ? 'upload-folder' : 'upload-files',
    label: directory ? 'actionUploadFolder' : 'actionUploadFiles',
    icon: directory ? 'uploadFolder' : 'upload',
    on: 'folder',
    toolbar: directory ? 3 : 2,
    menu: 1,
    status: (_, context) =>
      context.can('openUpload') && !context.readonly && !(directory && context.isFlat) ? 'enabled' : 'hidden',
    async exec(_, context, input) {
      const source = input.source ?? (await context.ask.filesToUpload(directory));
      if (source === undefined) return undefined;
      return { job: context.operations.upload(source, input.to ?? context.folder) };
    },
  };
}

/** Asks for files and stores them in the open folder. */
export const uploadFiles = uploadAction(false);

/** Asks for a folder and stores it, with everything below, in the open folder. */
export const uploadFolder = uploadAction(true);

/** Stores what was dropped or pasted: `input.source` into `input.to`. Has no button. */
export const upload: BrowserAction = {
  id: 'upload',
  label: 'actionUploadFiles',
  icon: 'upload',
  on: 'folder',
  status: uploadFiles.status,
  async exec(_, context, input) {
    if (input.source === undefined) return undefined;
    return { job: context.operations.upload(input.source, input.to ?? context.folder) };
  },
};
