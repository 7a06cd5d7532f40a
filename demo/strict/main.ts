import 'file-transfer-elements/define';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';

addHeader();
document.querySelector<HTMLElement>('#not-strict')!.hidden = policyHolds();
await connectLab();

/** Whether the page was served with its policy: then text cannot become a script. */
function policyHolds(): boolean {
  try {
    new Function('');
    return false;
  } catch {
    return true;
  }
}
