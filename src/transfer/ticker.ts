/**
 * One heartbeat for all jobs of a page: changes are collected and told once a frame while the page is visible, and
 * about once a second while it is hidden. Ticks are driven by changes, not by an interval: a hidden page's timers
 * may be held back to one a minute, but its network events are not.
 */
const hiddenInterval = 1000;
const frameWithoutDom = 33;

export type Tick = () => void;

const waiting = new Set<Tick>();
let scheduled: 'frame' | 'soon' | 'timer' | undefined;
let frame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let lastTick = 0;
let listening = false;
let channel: MessageChannel | undefined;

const isHidden = (): boolean => typeof document !== 'undefined' && document.hidden;
const hasFrames = typeof requestAnimationFrame === 'function' && typeof document !== 'undefined';

function run(): void {
  scheduled = undefined;
  if (frame !== 0) cancelAnimationFrame(frame);
  if (timer !== undefined) clearTimeout(timer);
  frame = 0;
  timer = undefined;
  lastTick = Date.now();
  const ticks = [...waiting];
  waiting.clear();
  for (const tick of ticks) tick();
}

/** Runs in a task of its own, without the delays that timers get in hidden pages. */
function runSoon(): void {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => {
      // The port is closed after use so that a program without a page (Node) can end.
      channel?.port1.close();
      channel = undefined;
      if (scheduled === 'soon') run();
    };
  }
  scheduled = 'soon';
  channel.port2.postMessage(undefined);
}

function schedule(): void {
  if (!isHidden()) {
    if (scheduled !== undefined) return;
    if (hasFrames) {
      scheduled = 'frame';
      frame = requestAnimationFrame(run);
    } else {
      scheduled = 'timer';
      timer = setTimeout(run, frameWithoutDom);
    }
    return;
  }
  if (scheduled === 'soon') return;
  const elapsed = Date.now() - lastTick;
  if (elapsed < 0 || elapsed >= hiddenInterval) runSoon();
  else if (scheduled === undefined) {
    scheduled = 'timer';
    timer = setTimeout(run, hiddenInterval - elapsed);
  }
}

/** Asks for `tick` to be called at the next heartbeat, once however often it is asked for. */
export function requestTick(tick: Tick): void {
  if (!listening && typeof document !== 'undefined') {
    listening = true;
    // A frame that was asked for while visible never comes once the page is hidden.
    document.addEventListener('visibilitychange', () => {
      if (waiting.size > 0) run();
    });
  }
  waiting.add(tick);
  schedule();
}

/** Forgets a tick that was asked for. */
export function cancelTick(tick: Tick): void {
  waiting.delete(tick);
}
