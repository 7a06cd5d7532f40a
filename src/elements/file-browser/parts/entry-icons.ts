import type { TemplateResult } from 'lit';
import type { Entry } from '../../../core/entry.js';
import { typeOf } from '../../../core/ordering.js';
import * as icons from '../../../styles/icons.js';

const byExtension: Readonly<Record<string, TemplateResult>> = Object.fromEntries(
  (
    [
      [icons.fileImageIcon, 'png jpg jpeg gif webp avif svg tif tiff bmp heic czi nd2'],
      [icons.fileVideoIcon, 'mp4 mov mkv webm avi'],
      [icons.fileAudioIcon, 'mp3 wav flac ogg m4a'],
      [icons.archiveIcon, 'zip gz tar tgz bz2 xz zst 7z rar'],
      [icons.fileSpreadsheetIcon, 'csv tsv xlsx xls ods parquet'],
      [icons.fileCodeIcon, 'js ts json html css py r sh yaml yml toml xml ipynb c cpp rs go java'],
      [icons.fileTextIcon, 'txt md pdf doc docx odt rtf log'],
    ] as const
  ).flatMap(([icon, extensions]) => extensions.split(' ').map(extension => [extension, icon])),
);

/** Icon for an entry by what it is. */
export function entryIcon(entry: Entry): TemplateResult {
  if (entry.kind === 'folder') return icons.folderIcon;
  return byExtension[typeOf(entry)] ?? icons.fileIcon;
}

const byAction: Readonly<Record<string, TemplateResult>> = {
  open: icons.folderOpenIcon,
  newFolder: icons.folderPlusIcon,
  upload: icons.uploadIcon,
  uploadFolder: icons.folderUpIcon,
  download: icons.downloadIcon,
  rename: icons.pencilIcon,
  move: icons.folderInputIcon,
  copy: icons.copyIcon,
  link: icons.linkIcon,
  delete: icons.trashIcon,
  refresh: icons.refreshIcon,
};

/** Icon for an action by the name in its description. */
export function actionIcon(name: string): TemplateResult {
  return byAction[name] ?? icons.fileIcon;
}
