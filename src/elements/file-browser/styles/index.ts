import { conflictDialogStyles } from '../../parts/conflict-dialog.styles.js';
import { containerStyles } from './containers.styles.js';
import { dialogPartStyles } from './dialogs.styles.js';
import { folderPickerStyles } from './folder-picker.styles.js';
import { forcedColorStyles } from './forced-colors.styles.js';
import { frameStyles } from './frame.styles.js';
import { lineStyles } from './lines.styles.js';
import { panelStyles } from './panels.styles.js';
import { pathStyles } from './path.styles.js';
import { rowControlStyles } from './row-controls.styles.js';
import { rowStyles } from './rows.styles.js';
import { toolbarStyles } from './toolbar.styles.js';

/** Looks of `<file-browser>`, one sheet for each region; later ones win. */
export const fileBrowserStyles = [
  frameStyles,
  pathStyles,
  toolbarStyles,
  rowStyles,
  rowControlStyles,
  panelStyles,
  lineStyles,
  conflictDialogStyles,
  dialogPartStyles,
  folderPickerStyles,
  containerStyles,
  forcedColorStyles,
];
