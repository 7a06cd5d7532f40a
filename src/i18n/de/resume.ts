import type { resume as english } from '../en/resume.js';
import type { Translation } from '../messages.js';

export const resume: Translation<typeof english> = {
  heading: { one: '{count} Upload wurde unterbrochen', other: '{count} Uploads wurden unterbrochen' },
  stored: '{stored} von {size} sind schon gespeichert und werden nicht noch einmal gesendet.',
  storedNone: 'Davon ist noch nichts gespeichert.',
  elsewhereHeading: {
    one: '{count} Upload läuft in einem anderen Tab',
    other: '{count} Uploads laufen in einem anderen Tab',
  },
  resume: 'Fortsetzen',
  chooseAndResume: { one: 'Datei auswählen und fortsetzen', other: 'Dateien auswählen und fortsetzen' },
  discard: 'Verwerfen',
  discardOne: 'Upload von {name} verwerfen',
  files: 'Unterbrochene Uploads',
  fileStored: '{stored} von {size} gespeichert',
  fileNeeded: 'Diese Datei noch einmal auswählen',
  fileElsewhere: 'Läuft in einem anderen Tab',
  showAll: 'Alle {count} zeigen',
  choose: {
    one: 'Der Browser konnte sich die Datei nicht merken. Bitte noch einmal auswählen: Sie wird am Inhalt erkannt.',
    other:
      'Der Browser konnte sich {count} Dateien nicht merken. Bitte noch einmal auswählen: Sie werden am Inhalt erkannt.',
  },
  noPermission: 'Der Browser durfte die Dateien nicht lesen. „Fortsetzen“ fragt noch einmal.',
  fileGone:
    '{names}: auf diesem Rechner verschoben oder gelöscht. Bitte dort auswählen, wo sie jetzt liegt, oder den Upload verwerfen.',
  elsewhere: 'Ein anderer Tab hat inzwischen damit weitergemacht.',
  unknownFiles: {
    one: '{names} ist keine der unterbrochenen Dateien.',
    other: '{names} sind keine der unterbrochenen Dateien.',
  },
  notDiscarded:
    'Der Speicher konnte nicht angewiesen werden, das Vorhandene zu löschen. Es bleibt vorgemerkt: Bitte später noch einmal versuchen.',
  nothingKept:
    'Diese Seite bitte offen lassen: Der Browser bewahrt für sie nichts auf (privates Fenster oder Einstellungen), nach einem Neuladen würden große Dateien von vorn beginnen.',
  diskFull:
    'Diese Seite bitte offen lassen: Die Festplatte dieses Rechners ist voll, nach einem Neuladen würden große Dateien von vorn beginnen.',
  strayHeading: {
    one: '{count} unfertiger Upload liegt im Speicher',
    other: '{count} unfertige Uploads liegen im Speicher',
  },
  strayText:
    'Vor einem Tag oder noch früher begonnen, und nicht in diesem Browser. Sie belegen Platz und stehen in keiner Liste. Entfernen, sofern nicht ein anderer Rechner noch daran arbeitet.',
  strayBegan: 'begonnen {date}',
  strayRemove: { one: 'Entfernen', other: 'Alle {count} entfernen' },
  announceResumed: { one: '{count} Upload geht weiter.', other: '{count} Uploads gehen weiter.' },
  announceDiscarded: 'Verworfen.',
};
