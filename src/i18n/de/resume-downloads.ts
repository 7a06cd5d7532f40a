import type { resumeDownloads as english } from '../en/resume-downloads.js';
import type { Translation } from '../messages.js';

export const resumeDownloads: Translation<typeof english> = {
  heading: { one: '{count} Download wurde unterbrochen', other: '{count} Downloads wurden unterbrochen' },
  fetched: '{fetched} von {size} sind schon hier und werden nicht noch einmal heruntergeladen.',
  fetchedOfUnknown: '{fetched} sind schon hier und werden nicht noch einmal heruntergeladen.',
  fetchedNone: {
    one: 'Davon ist noch nichts hier: Der Download beginnt von vorn.',
    other: 'Davon ist noch nichts hier: Die Downloads beginnen von vorn.',
  },
  discardOne: 'Download von {name} verwerfen',
  list: 'Unterbrochene Downloads',
  intoBrowser: 'in die Downloads des Browsers',
  intoZip: 'als ZIP',
  intoFolder: 'in den Ordner {name}',
  intoFile: 'in die Datei {name}',
  filesThere: {
    one: '{there} von {count} Datei ist dort',
    other: '{there} von {count} Dateien sind dort',
  },
  filesThereOfUnknown: { one: '{count} Datei ist dort', other: '{count} Dateien sind dort' },
  bytesHere: '{fetched} von {size} sind hier',
  bytesHereOfUnknown: '{fetched} sind hier',
  beginsAnew: 'beginnt von vorn',
  noPermission: 'Der Browser durfte dort nicht schreiben. „Fortsetzen“ fragt noch einmal.',
  folderGone: {
    one: 'Der Ordner {names} wurde verschoben oder gelöscht. Bitte in einen anderen herunterladen oder verwerfen.',
    other:
      'Die Ordner {names} wurden verschoben oder gelöscht. Bitte in andere herunterladen oder verwerfen.',
  },
  fileGone: {
    one: 'Die Datei {names} wurde verschoben oder gelöscht. Bitte in eine andere herunterladen oder verwerfen.',
    other:
      'Die Dateien {names} wurden verschoben oder gelöscht. Bitte in andere herunterladen oder verwerfen.',
  },
  announceResumed: { one: '{count} Download geht weiter.', other: '{count} Downloads gehen weiter.' },
  announceDiscardedSome: 'Verworfen. Dateien, die vollständig waren, bleiben in ihrem Ordner.',
};
