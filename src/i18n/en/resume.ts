/** Texts about uploads that an earlier page left unfinished. */
export const resume = {
  heading: { one: '{count} upload was interrupted', other: '{count} uploads were interrupted' },
  stored: '{stored} of {size} are stored already and are not sent again.',
  storedNone: 'Nothing of it is stored yet.',
  elsewhereHeading: {
    one: '{count} upload runs in another tab',
    other: '{count} uploads run in another tab',
  },
  resume: 'Resume',
  chooseAndResume: { one: 'Choose the file and resume', other: 'Choose the files and resume' },
  discard: 'Discard',
  discardOne: 'Discard the upload of {name}',
  files: 'Interrupted uploads',
  fileStored: '{stored} of {size} stored',
  fileNeeded: 'Choose this file again',
  fileElsewhere: 'Runs in another tab',
  showAll: 'Show all {count}',
  choose: {
    one: 'The browser could not keep hold of the file. Choose it again: it is recognised by its content.',
    other:
      'The browser could not keep hold of {count} files. Choose them again: they are recognised by their content.',
  },
  noPermission: 'The browser was not allowed to read the files. Resume again to be asked once more.',
  fileGone: '{names}: moved or removed on this computer. Choose it where it is now, or discard the upload.',
  elsewhere: 'Another tab has gone on with them meanwhile.',
  unknownFiles: {
    one: '{names} is none of the interrupted files.',
    other: '{names} are none of the interrupted files.',
  },
  notDiscarded:
    'The storage could not be asked to remove what is there. It is kept on record: try again later.',
  nothingKept:
    'Keep this page open: the browser keeps nothing for it (a private window, or its settings), so after a reload large files would begin again.',
  diskFull:
    'Keep this page open: this computer’s disk is full, so after a reload large files would begin again.',
  strayHeading: {
    one: '{count} unfinished upload lies at the storage',
    other: '{count} unfinished uploads lie at the storage',
  },
  strayText:
    'Begun a day ago or earlier, and not from this browser. They take up room and show in no listing. Remove them unless another computer is still at work on them.',
  strayBegan: 'begun {date}',
  strayRemove: { one: 'Remove it', other: 'Remove all {count}' },
  announceResumed: { one: '{count} upload goes on.', other: '{count} uploads go on.' },
  announceDiscarded: 'Discarded.',
} as const;
