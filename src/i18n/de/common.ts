import type { common as english } from '../en/common.js';
import type { Translation } from '../messages.js';

export const common: Translation<typeof english> = {
  cancel: 'Abbrechen',
  close: 'Schließen',
  retry: 'Erneut versuchen',
  pause: 'Anhalten',
  resume: 'Fortsetzen',
  dismiss: 'Aus der Liste nehmen',
  details: 'Details',
  hideDetails: 'Details ausblenden',
  showAll: { one: '{count} weitere zeigen', other: 'Alle {count} zeigen' },
  showFewer: 'Weniger zeigen',
  choose: 'Auswählen',
  filesCount: { one: '{count} Datei', other: '{count} Dateien' },
  foldersCount: { one: '{count} Ordner', other: '{count} Ordner' },
  fileProgress: '{name}: {percent}',
  noBackend: 'Noch mit keinem Speicher verbunden.',
  backendMissing: 'Diese Seite nennt einen Speicher „{name}“, den sie nicht eingerichtet hat.',
};
