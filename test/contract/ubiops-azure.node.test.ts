/**
 * A job of its own: the UbiOps adapter with a real Azure Blob Storage behind the stand-in, in place of the double.
 * Runs when `AZURITE_URL` names an emulator (`http://127.0.0.1:10000`), or `AZURE_URL`, `AZURE_ACCOUNT` and `AZURE_KEY`
 * a service.
 */
import { it } from 'node:test';
import { azureFromEnvironment } from '../adapters/ubiops/azure-environment.js';
import { describeAdapter } from './describe-adapter.js';
import { node } from './node.js';
import { azureNames, ubiopsContract } from './ubiops-contract.js';
import { create } from './ubiops-open.js';

const azure = azureFromEnvironment();

if (azure) {
  describeAdapter('ubiops on the Azure Blob Storage of the environment', {
    ...ubiopsContract,
    impossibleNames: azureNames,
    runner: node,
    manyEntries: 120,
    create: () => create('azure_blob_storage', { azure }),
  });
} else {
  it('ubiops on a real Azure Blob Storage', { skip: 'AZURITE_URL is not set: no emulator to test against' });
}
