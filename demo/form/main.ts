import 'file-transfer-elements/define';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';

addHeader();

const form = document.querySelector<HTMLFormElement>('#form')!;
form.addEventListener('submit', event => {
  event.preventDefault();
  const lines = [...new FormData(form)].map(([name, value]) => `${name} = ${String(value)}`);
  document.querySelector('#submitted')!.textContent = lines.join('\n');
});

await connectLab();
