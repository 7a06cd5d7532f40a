/** Watches a job for as long as the page lives: what must never happen is written down. */
import type { TransferJob } from '../../src/transfer/types.js';

export function watchJob(job: TransferJob, name: string, tell: (violation: string) => void): () => void {
  let acknowledged = 0;
  let sent = 0;
  let progress = 0;
  const items = new Map<number, number>();
  const look = (): void => {
    const { snapshot } = job;
    const { bytes, files } = snapshot;
    if (bytes.acknowledged < acknowledged) tell(`${name}: acknowledged fell`);
    if (bytes.sent < sent) tell(`${name}: sent fell`);
    if (snapshot.progress < progress) tell(`${name}: progress fell`);
    if (bytes.acknowledged > bytes.sent) tell(`${name}: more acknowledged than sent`);
    if (snapshot.progress > 1) tell(`${name}: more than all`);
    const { total, ...states } = files;
    const sum = Object.values(states).reduce((all, count) => all + count, 0);
    if (sum !== total) tell(`${name}: ${sum} files in states, ${total} in all`);
    if (snapshot.progress === 1 && files.done + files.skipped < total) tell(`${name}: 100 % before the end`);
    if (snapshot.state === 'done' && files.done + files.skipped < total)
      tell(`${name}: done, and not all of it`);
    ({ acknowledged, sent } = bytes);
    ({ progress } = snapshot);
  };
  const lookAtItems = (): void => {
    for (const item of job.items) {
      if (item.acknowledged < (items.get(item.index) ?? 0)) tell(`${name}: ${item.path} acknowledged fell`);
      if (item.size !== undefined && item.acknowledged > item.size)
        tell(`${name}: ${item.path} more than its size`);
      if (item.state === 'failed' && !item.error) tell(`${name}: ${item.path} failed without a word`);
      if (item.state === 'done' && !item.result) tell(`${name}: ${item.path} done without a result`);
      items.set(item.index, item.acknowledged);
    }
  };
  const listening = new AbortController();
  job.addEventListener('progress', look, { signal: listening.signal });
  job.addEventListener('statechange', look, { signal: listening.signal });
  const timer = setInterval(() => {
    look();
    lookAtItems();
  }, 1000);
  return () => {
    look();
    lookAtItems();
    clearInterval(timer);
    listening.abort();
  };
}
