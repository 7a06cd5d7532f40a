import 'file-transfer-elements/define';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';
import { switches } from './switches.js';

addHeader();
const config = await connectLab();
const form = document.querySelector<HTMLFormElement>('#switches')!;

if (config.storage === 'external') {
  document.querySelector<HTMLElement>('#external')!.hidden = false;
} else {
  const grid = document.createElement('div');
  grid.className = 'switches';
  for (const { id, label } of switches) {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.name = id;
    const text = document.createElement('label');
    text.append(box, label);
    grid.append(text);
  }
  form.append(grid);
  form.hidden = false;
  form.addEventListener('change', apply);
  // A reload starts with a well-behaved store, as the empty boxes say.
  await apply();
}

async function apply(): Promise<void> {
  const chosen = new FormData(form);
  const settings: Record<string, unknown> = {};
  const rules: unknown[] = [];
  for (const { id, settings: own, rule } of switches) {
    if (!chosen.has(id)) continue;
    Object.assign(settings, own);
    if (rule) rules.push(rule);
  }
  await fetch('/api/faults', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...settings, rules }),
  });
}
