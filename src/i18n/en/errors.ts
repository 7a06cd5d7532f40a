/**
 * A sentence for each reason of a `TransferError`, for languages other than English (there the error's own message,
 * which knows more, is shown) and for errors that come without a sentence.
 */
export const errors = {
  network: 'The connection to the storage broke off. What is stored is safe.',
  'cors-or-network':
    'The storage could not be reached, or does not allow this page to read its answers. Check the connection; if it works, ask whoever runs the storage to allow this site.',
  offline: 'There is no connection. What is stored is safe.',
  timeout: 'The storage did not answer in time. What is stored is safe.',
  stalled: 'No data has moved for a while. What is stored is safe.',
  'rate-limited': 'The storage asks for a slower pace.',
  server: 'The storage has a problem at the moment. What is stored is safe.',
  expired:
    'The permission for this transfer has run out. Try again to get a new one; if that fails too, ask whoever runs the page.',
  unauthorized: 'You are signed out. Sign in, then try again.',
  forbidden: 'The storage refused this. Ask whoever runs it for access.',
  'wrong-credentials': 'The storage does not accept this page’s key. Ask whoever runs the page.',
  'clock-skew': 'This device’s clock differs too much from the storage’s. Set the clock, then try again.',
  'not-found': 'It is not there any more.',
  'not-found-or-forbidden':
    'The storage has no such file, or does not let this page read it. Check the name; if it is right, ask whoever runs the storage for access.',
  exists: 'A file of this name is there already.',
  conflict: 'Somebody else changed the same file at the same moment.',
  'changed-remote': 'The file changed at the storage while it was being transferred. Start it again.',
  'changed-local': 'The file changed on this device since the transfer began. Give the new version.',
  unreadable:
    'The file could not be read. Check that it still exists and that you may open it, then give it again.',
  'upload-gone': 'The storage has dropped the unfinished upload, so it has to start from the beginning.',
  'too-large': 'The file is larger than is taken here.',
  'too-small': 'The file is smaller than the storage takes.',
  'too-many': 'The storage takes no more files here.',
  'wrong-type': 'The storage does not take this kind of file.',
  'invalid-name': 'The storage does not take this name. Rename the file, then give it again.',
  'storage-full': 'The storage is full. Make room there, then try again.',
  quota: 'This device has no room left for it. Make room, then try again.',
  'checksum-mismatch': 'The bytes that arrived differ from the ones sent. Nothing wrong was kept. Try again.',
  incomplete: 'The file arrived incomplete and was not kept. Try again.',
  'not-written':
    'It arrived, but not all of it could be written here. Look whether the disk is full, then try again.',
  unverified: 'Nothing proves, as this page demands, that the right bytes arrived.',
  'archive-incomplete': 'Not all files could be fetched, so the zip was not saved.',
  'not-supported': 'This storage cannot do that.',
  signer: 'The page’s server did not give the permission this transfer needs. Ask whoever runs the page.',
  'invalid-answer': 'The storage gave an answer that makes no sense. Ask whoever runs it.',
  'invalid-input': 'This cannot be transferred as it was given.',
  aborted: 'It was cancelled.',
  unknown:
    'It did not work, and the storage did not say why. Try again; if it fails again, show the details to whoever runs the storage.',
} as const;
