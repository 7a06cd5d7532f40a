import 'file-transfer-elements/define';
import { addHeader } from '../shared/header.js';
import { endlessFolder } from './endless-folder.js';

addHeader();
const count = Number(new URLSearchParams(location.search).get('count') ?? 1_000_000);
document.querySelector('file-browser')!.adapter = endlessFolder(count);
