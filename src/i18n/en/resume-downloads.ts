/** Texts about downloads that an earlier page left unfinished. What is said of uploads in the same words is in `resume`. */
export const resumeDownloads = {
  heading: { one: '{count} download was interrupted', other: '{count} downloads were interrupted' },
  fetched: '{fetched} of {size} are here already and are not fetched again.',
  fetchedOfUnknown: '{fetched} are here already and are not fetched again.',
  fetchedNone: {
    one: 'Nothing of it is here yet: it begins anew.',
    other: 'Nothing of them is here yet: they begin anew.',
  },
  discardOne: 'Discard the download of {name}',
  list: 'Interrupted downloads',
  intoBrowser: 'to the browser’s downloads',
  intoZip: 'as a ZIP',
  intoFolder: 'into the folder {name}',
  intoFile: 'into the file {name}',
  filesThere: { one: '{there} of {count} file is there', other: '{there} of {count} files are there' },
  filesThereOfUnknown: { one: '{count} file is there', other: '{count} files are there' },
  bytesHere: '{fetched} of {size} are here',
  bytesHereOfUnknown: '{fetched} are here',
  beginsAnew: 'begins anew',
  noPermission: 'The browser was not allowed to write there. Resume again to be asked once more.',
  folderGone: {
    one: 'The folder {names} was moved or removed. Download again into another one, or discard.',
    other: 'The folders {names} were moved or removed. Download again into others, or discard.',
  },
  fileGone: {
    one: 'The file {names} was moved or removed. Download again into another one, or discard.',
    other: 'The files {names} were moved or removed. Download again into others, or discard.',
  },
  announceResumed: { one: '{count} download goes on.', other: '{count} downloads go on.' },
  announceDiscardedSome: 'Discarded. Files that were whole stay in their folder.',
} as const;
