/** Hands content to the browser's own download list. */

/** Milliseconds until what a download reads may be taken away; sooner ends the download in every engine. */
export const keepForDownload = 60_000;
/** The browser copies the content by itself, and says nothing about when it is done: a slow disk's speed. */
const slowDiskBytesPerMillisecond = 5000;

function linkTo(url: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = url;
  link.rel = 'noopener';
  link.referrerPolicy = 'no-referrer';
  return link;
}

/** Saves a blob under `name`. `release` is called when the browser no longer needs the content. */
export function saveBlob(blob: Blob, name: string, release?: () => void): void {
  const url = URL.createObjectURL(blob);
  const link = linkTo(url);
  link.download = name;
  link.hidden = true;
  // Part of the document, so that a page can hear of the click, and prevent it.
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(
    () => {
      URL.revokeObjectURL(url);
      release?.();
    },
    keepForDownload + blob.size / slowDiskBytesPerMillisecond,
  );
}

function isSameOrigin(one: string, other: string): boolean {
  try {
    return new URL(one).origin === new URL(other, location.href).origin;
  } catch {
    // Browsers may tell a bare scheme instead of an address.
    return other.startsWith(one);
  }
}

/**
 * Lets the browser fetch and save a URL by itself. The URL must answer with `Content-Disposition: attachment`, which
 * the caller has made sure of. A hidden frame keeps an unexpected page out of sight; where the page's policy allows
 * no frames, a link does it. A link also leads the frame there, since its `src` would keep the signature in the
 * document; neither link is ever part of that.
 */
export function saveUrl(url: string, name: string): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  // Not `crypto.randomUUID`: this is what is left on plain http, which has none.
  frame.name = `save-${Math.random()}`;
  const link = linkTo(url);
  link.target = frame.name;
  const onViolation = (event: SecurityPolicyViolationEvent): void => {
    if (!/^(?:frame|child|default)-src/.test(event.effectiveDirective)) return;
    // Other frames of the page may be refused at the same time.
    if (!isSameOrigin(event.blockedURI, url)) return;
    document.removeEventListener('securitypolicyviolation', onViolation);
    frame.remove();
    link.target = '';
    link.download = name;
    link.click();
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  document.body.append(frame);
  link.click();
  setTimeout(() => {
    document.removeEventListener('securitypolicyviolation', onViolation);
    frame.remove();
  }, keepForDownload);
}
