import type { download as english } from '../en/download.js';
import type { Translation } from '../messages.js';

export const download: Translation<typeof english> = {
  download: 'Herunterladen',
  downloadName: '{name} herunterladen',
  downloadCount: { one: '{count} Datei herunterladen', other: '{count} Objekte herunterladen' },
  downloadFolder: 'Ordner {name} herunterladen',
  asZip: 'als ZIP',
  preparing: 'Wird vorbereitet',
  saved: 'Gespeichert',
  savedAs: 'Gespeichert als {name}',
  failed: 'Nicht gespeichert',
  incomplete: '{failed} nicht gespeichert',
  paused: 'Angehalten',
  waiting: 'Wartet',
  percentOf: '{percent} von {size}',
  missing: 'Die Datei „{name}“ gibt es nicht mehr.',
  nothing: 'Es ist keine Datei angegeben.',
  notSupported: 'Dieser Speicher gibt keine Dateien heraus.',
  cancelDownload: 'Herunterladen von {name} abbrechen',
  pauseDownload: 'Herunterladen von {name} anhalten',
  resumeDownload: 'Herunterladen von {name} fortsetzen',
  retryDownload: 'Herunterladen von {name} erneut versuchen',
  announceStarted: 'Herunterladen von {name} hat begonnen.',
  announceDone: '{name} ist gespeichert.',
  announceFailed: '{name} wurde nicht gespeichert. {reason}',
  announceCancelled: 'Herunterladen von {name} abgebrochen.',
};
