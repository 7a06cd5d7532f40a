/** Names of the events that pages listen to, by tag; what they carry is in `HTMLElementEventMap`. */
export interface ElementEvents {
  'file-browser':
    | 'path-change'
    | 'container-change'
    | 'selection-change'
    | 'entry-open'
    | 'before-action'
    | 'action-done';
  'upload-dropzone':
    | 'files-accepted'
    | 'files-rejected'
    | 'before-upload'
    | 'transfer-start'
    | 'transfer-progress'
    | 'transfer-end';
  'download-button': 'before-download' | 'transfer-start' | 'transfer-progress' | 'transfer-end';
  'transfer-list': 'filter-change';
}
