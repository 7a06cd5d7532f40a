import AwsS3 from '@uppy/aws-s3';
import Uppy, { type Meta } from '@uppy/core';
import Dashboard from '@uppy/dashboard';
import { getBackend } from 'file-transfer-elements';
import { type TransferBody, TransferUploader } from 'file-transfer-elements/uppy';
import type { DemoConfig } from '../shared/connect.js';

const folder = 'uppy/';

const element = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;

function dashboardOptions(target: string) {
  return {
    inline: true,
    target,
    width: '100%',
    height: 380,
    proudlyDisplayPoweredByUppy: false,
    theme: 'auto' as const,
    showProgressDetails: true,
    disableThumbnailGenerator: true,
    fileManagerSelectionType: 'both' as const,
  };
}

/** A random file: nothing on the way can shorten it. */
function sampleFile(size: number): File {
  const block = new Uint8Array(1 << 20);
  const pieces: BlobPart[] = [];
  for (let at = 0; at < size; at += block.length) {
    for (let offset = 0; offset < block.length; offset += 65_536) {
      crypto.getRandomValues(block.subarray(offset, offset + 65_536));
    }
    pieces.push(block.slice(0, Math.min(block.length, size - at)));
  }
  return new File(pieces, `sample-${Date.now()}.bin`);
}

/** Two Dashboards that differ in their uploader alone, and a race between them. */
export function setUpDashboards(config: DemoConfig): void {
  const ours = new Uppy<Meta, TransferBody>({ id: 'ours' })
    .use(Dashboard, dashboardOptions('#ours'))
    .use(TransferUploader, { adapter: getBackend('lab')!, into: `${folder}ours/` });

  const theirs = new Uppy({ id: 'theirs' }).use(Dashboard, dashboardOptions('#theirs')).use(AwsS3, {
    // As ours: parts from 16 MiB on, so that the two differ in what they do with them.
    shouldUseMultipart: file => (file.size ?? 0) > 16 * 1024 ** 2,
    generateObjectKey: file => `${folder}theirs/${file.name}`,
    signRequest: async request => {
      const response = await fetch('/api/sign', { method: 'POST', body: JSON.stringify(request) });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error.message);
      return answer;
    },
  });

  ours.on('upload-success', (file, { body }) => {
    if (!file || !body) return;
    const { level, algorithm } = body.verified ?? { level: 'none' };
    element('#ours-note').textContent =
      `${body.path}: stored, proven by ${level}${algorithm ? ` (${algorithm})` : ''}.`;
  });
  theirs.on('upload-success', (file, { body }) => {
    element('#theirs-note').textContent =
      `${String(body?.key ?? file?.name)}: stored; nobody compared anything.`;
  });

  const form = element<HTMLFormElement>('#race');
  if (config.storage === 'external') element<HTMLInputElement>('[name=slow]').disabled = true;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const data = new FormData(form);
    const slow = data.has('slow') && config.storage === 'local';
    const button = form.querySelector('button')!;
    button.disabled = true;
    await setLink(config, slow ? { delay: 100, bytesPerSecond: 2_000_000 } : {});
    try {
      const file = sampleFile(Number(data.get('size')) * 1_000_000);
      // One after the other: side by side they would share the browser's six connections.
      for (const [uppy, note] of [
        [ours, '#ours-note'],
        [theirs, '#theirs-note'],
      ] as const) {
        const began = performance.now();
        uppy.cancelAll();
        uppy.addFile({ name: file.name, data: file });
        await uppy.upload();
        const seconds = (performance.now() - began) / 1000;
        element(note).append(` ${seconds.toFixed(1)} s.`);
      }
    } finally {
      await setLink(config, {});
      button.disabled = false;
    }
  });
}

async function setLink({ storage }: DemoConfig, settings: object): Promise<void> {
  if (storage !== 'local') return;
  await fetch('/api/faults', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
}
