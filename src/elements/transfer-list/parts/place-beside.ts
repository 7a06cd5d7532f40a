/**
 * Puts a popover below an element, or above where there is more room, and within the window. By hand, as anchor
 * positioning does not reach from one shadow root's row to a popover that outlives the row.
 */
export function placeBeside(popover: HTMLElement, anchor: Element): void {
  const gap = 4;
  const edge = 8;
  const at = anchor.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const below = innerHeight - at.bottom - edge;
  const top =
    size.height + gap <= below || below >= at.top
      ? at.bottom + gap
      : Math.max(edge, at.top - gap - size.height);
  const isRtl = getComputedStyle(anchor).direction === 'rtl';
  const left = isRtl ? at.left + edge : at.right - size.width - edge;
  popover.style.top = `${Math.max(edge, Math.min(top, innerHeight - edge - size.height))}px`;
  popover.style.left = `${Math.max(edge, Math.min(left, innerWidth - edge - size.width))}px`;
}
