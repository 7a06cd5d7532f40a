import type { errors as english } from '../en/errors.js';
import type { Translation } from '../messages.js';

export const errors: Translation<typeof english> = {
  network: 'Die Verbindung zum Speicher ist abgerissen. Was gespeichert ist, ist sicher.',
  'cors-or-network':
    'Der Speicher war nicht zu erreichen oder erlaubt dieser Seite nicht, seine Antworten zu lesen. Verbindung prüfen; wenn sie steht, die Betreiber des Speichers bitten, diese Seite zuzulassen.',
  offline: 'Keine Verbindung. Was gespeichert ist, ist sicher.',
  timeout: 'Der Speicher hat nicht rechtzeitig geantwortet. Was gespeichert ist, ist sicher.',
  stalled: 'Seit einer Weile kommen keine Daten durch. Was gespeichert ist, ist sicher.',
  'rate-limited': 'Der Speicher bittet um ein langsameres Tempo.',
  server: 'Der Speicher hat gerade ein Problem. Was gespeichert ist, ist sicher.',
  expired:
    'Die Erlaubnis für diese Übertragung ist abgelaufen. Erneut versuchen holt eine neue; hilft das nicht, können es die Betreiber der Seite lösen.',
  unauthorized: 'Die Anmeldung ist abgelaufen. Anmelden, dann erneut versuchen.',
  forbidden: 'Der Speicher hat das verweigert. Zugang geben die Betreiber des Speichers.',
  'wrong-credentials':
    'Der Speicher nimmt den Schlüssel dieser Seite nicht an. Das können die Betreiber der Seite lösen.',
  'clock-skew': 'Die Uhr dieses Geräts geht zu weit falsch. Uhr stellen, dann erneut versuchen.',
  'not-found': 'Das gibt es dort nicht mehr.',
  'not-found-or-forbidden':
    'Diese Datei gibt es im Speicher nicht, oder diese Seite darf sie nicht lesen. Namen prüfen; stimmt er, geben die Betreiber des Speichers Zugang.',
  exists: 'Eine Datei mit diesem Namen ist schon da.',
  conflict: 'Jemand hat dieselbe Datei im selben Augenblick geändert.',
  'changed-remote': 'Die Datei hat sich während der Übertragung im Speicher geändert. Von vorn beginnen.',
  'changed-local': 'Die Datei hat sich seit Beginn auf diesem Gerät geändert. Die neue Fassung auswählen.',
  unreadable:
    'Die Datei ließ sich nicht lesen. Prüfen, ob sie noch da ist und geöffnet werden darf, dann erneut auswählen.',
  'upload-gone': 'Der Speicher hat den unfertigen Upload verworfen; er muss von vorn beginnen.',
  'too-large': 'Die Datei ist größer, als hier angenommen wird.',
  'too-small': 'Die Datei ist kleiner, als der Speicher annimmt.',
  'too-many': 'Mehr Dateien nimmt der Speicher hier nicht an.',
  'wrong-type': 'Diese Art Datei nimmt der Speicher nicht an.',
  'invalid-name': 'Diesen Namen nimmt der Speicher nicht an. Datei umbenennen, dann erneut auswählen.',
  'storage-full': 'Der Speicher ist voll. Dort Platz schaffen, dann erneut versuchen.',
  quota: 'Auf diesem Gerät ist kein Platz mehr dafür. Platz schaffen, dann erneut versuchen.',
  'checksum-mismatch':
    'Was ankam, ist nicht, was gesendet wurde. Nichts Falsches wurde behalten. Erneut versuchen.',
  incomplete: 'Die Datei kam unvollständig an und wurde nicht behalten. Erneut versuchen.',
  'not-written':
    'Alles kam an, ließ sich aber nicht ganz schreiben. Prüfen, ob die Festplatte voll ist, dann erneut versuchen.',
  unverified: 'Nichts belegt, wie diese Seite es verlangt, dass die richtigen Bytes ankamen.',
  'archive-incomplete': 'Nicht alle Dateien ließen sich holen, deshalb wurde das ZIP nicht gespeichert.',
  'not-supported': 'Das kann dieser Speicher nicht.',
  signer: 'Der Server dieser Seite gab die nötige Erlaubnis nicht. Das können die Betreiber der Seite lösen.',
  'invalid-answer': 'Die Antwort des Speichers ergibt keinen Sinn. Das können seine Betreiber lösen.',
  'invalid-input': 'So, wie es gegeben wurde, lässt es sich nicht übertragen.',
  aborted: 'Es wurde abgebrochen.',
  unknown:
    'Es hat nicht geklappt, und der Speicher hat nicht gesagt, warum. Erneut versuchen; geht es wieder nicht, den Betreibern die Details zeigen.',
};
