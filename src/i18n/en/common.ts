/** Words that more than one element uses. */
export const common = {
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  pause: 'Pause',
  resume: 'Resume',
  dismiss: 'Remove from list',
  details: 'Details',
  hideDetails: 'Hide details',
  showAll: { one: 'Show {count} more', other: 'Show all {count}' },
  showFewer: 'Show fewer',
  choose: 'Choose',
  filesCount: { one: '{count} file', other: '{count} files' },
  foldersCount: { one: '{count} folder', other: '{count} folders' },
  fileProgress: '{name}: {percent}',
  noBackend: 'Not connected to a storage yet.',
  backendMissing: 'This page names a storage “{name}” that it has not set up.',
} as const;
