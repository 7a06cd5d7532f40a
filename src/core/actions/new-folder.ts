import { joinPath } from '../path.js';
import type { BrowserAction } from './action.js';

/** Makes a folder in the open one; it shows at once and goes again if the storage refuses. */
export const newFolder: BrowserAction = {
  id: 'new-folder',
  label: 'actionNewFolder',
  icon: 'newFolder',
  on: 'folder',
  hotkeys: ['F7'],
  toolbar: 1,
  menu: 1,
  status: (_, context) => (context.can('createFolder') && !context.readonly ? 'enabled' : 'hidden'),
  async exec(_, context, input) {
    const name = input.name ?? (await context.ask.newFolderName());
    if (name === undefined) return undefined;
    const path = `${joinPath(context.folder, name)}/`;
    const end = context.begin({ kind: 'put', entry: { id: path, path, name, kind: 'folder' } });
    context.reveal(path);
    try {
      const entry = await context.operations.createFolder(path);
      end({ removed: entry.id === path ? [] : [path], put: [entry] });
      if (entry.id !== path) context.reveal(entry.id);
    } catch (error) {
      end();
      throw error;
    }
    return { input: { name } };
  },
};
