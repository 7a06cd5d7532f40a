import 'file-transfer-elements/define';
import type { DownloadButtonElement } from 'file-transfer-elements';
import { registerDownloadWorker, type SinkFacts, type TransferError } from 'file-transfer-elements/transfer';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';

const words: Record<keyof SinkFacts, string> = {
  seekable: 'Ranges are written side by side',
  canResume: 'Goes on after a pause or a broken connection',
  canVerify: 'Checked on the way',
  survivesReload: 'Goes on after a reload',
  survivesTabClose: 'Goes on when the tab is closed',
  needsClick: 'Needs a click',
  copiesTwice: 'Written to the disk twice',
};

addHeader();
registerDownloadWorker('../download-worker.js').catch((error: TransferError) => {
  const note = document.querySelector<HTMLElement>('#worker')!;
  note.textContent = error.message;
  note.hidden = false;
});
await connectLab();

const chosen = document.querySelector<DownloadButtonElement>('#chosen')!;
const resumable = document.querySelector<HTMLInputElement>('#resumable')!;
resumable.addEventListener('change', () => {
  chosen.resumable = resumable.checked;
});
// Browsers remember what was ticked before a reload.
chosen.resumable = resumable.checked;

const facts = document.querySelector<HTMLElement>('#facts')!;
for (const button of document.querySelectorAll('download-button')) {
  button.addEventListener('transfer-end', event => {
    const { job } = event as Event & { job: { facts?: SinkFacts } };
    facts.hidden = !job.facts;
    facts.replaceChildren(
      ...Object.entries(job.facts ?? {}).flatMap(([name, value]) => {
        const term = document.createElement('dt');
        term.textContent = words[name as keyof SinkFacts];
        const answer = document.createElement('dd');
        answer.textContent = value ? 'yes' : 'no';
        return [term, answer];
      }),
    );
  });
}
