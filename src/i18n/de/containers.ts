import type { containers as english } from '../en/containers.js';
import type { Translation } from '../messages.js';

export const containers: Translation<typeof english> = {
  bucket: 'Bucket',
  record: 'Datensatz',
  workspace: 'Arbeitsbereich',

  current: '{word}: {name}',
  noneChosen: '{word} noch nicht gewählt',
  choose: 'Wählen …',
  chooseHint: 'Dateien erscheinen, sobald feststeht, wo sie liegen.',
  commands: 'Mehr zu: {word}',
  which: '{word} wählen',
  find: 'Suchen',
  label: 'Etikett',
  labelHint: 'Als Name:Wert.',
  list: 'Zur Auswahl',
  loading: 'Wird geladen …',
  more: 'Mehr anzeigen',
  none: 'Noch nichts vorhanden.',
  noneFound: 'Nichts passt dazu.',
  isCurrent: 'gerade gezeigt',
  createdAt: 'angelegt {when}',
  listFailed: 'Die Liste konnte nicht geladen werden. {reason}',

  create: '{word} anlegen …',
  createHeading: '{word} anlegen',
  createConfirm: 'Anlegen',
  edit: '{word} bearbeiten …',
  editHeading: '„{name}“ bearbeiten',
  editConfirm: 'Speichern',
  editLoading: 'Vorhandenes wird gelesen …',
  unchanged: 'Leer: bleibt, wie es ist.',
  choiceDefault: 'Vorgabe',
  labelsHint: 'Eines je Zeile, als Name: Wert.',
  problemRequired: 'Das wird gebraucht.',
  problemNumber: 'Hier gehört eine Zahl hin.',
  problemLabels: 'Jedes Etikett als Name: Wert in eine eigene Zeile schreiben.',
  problemJson: 'Das ist kein gültiges JSON.',

  remove: '{word} löschen …',
  removeHeading: '„{name}“ löschen?',
  removeText: '{word} und die Dateien, die die Plattform darin hält, werden endgültig gelöscht.',
  removeTextFilesStay:
    'Nur die Verbindung wird gelöscht: {word} verschwindet von der Plattform, die Dateien bleiben in dem Speicher, der sie hält.',
  removeType: 'Zur Bestätigung „{name}“ eingeben',
  removeConfirm: '{word} löschen',

  publish: 'Veröffentlichen …',
  publishHeading: '„{name}“ veröffentlichen?',
  publishText:
    'Der Inhalt wird endgültig: Danach können keine Dateien mehr hinzugefügt, geändert oder gelöscht werden.',
  publishConfirm: 'Veröffentlichen',

  announceOpened: '{word} {name} geöffnet.',
  announceCreated: '{name} angelegt.',
  announceSaved: '{name} gespeichert.',
  announceRemoved: '{name} gelöscht.',
  announcePublished: '{name}: {status}.',
};
