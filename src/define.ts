/** Registers every element under its own tag. Import it once: `import 'file-transfer-elements/define'`. */
import './elements/download-button/download-button.define.js';
import './elements/file-browser/file-browser.define.js';
import './elements/transfer-list/transfer-list.define.js';
import './elements/upload-dropzone/upload-dropzone.define.js';
