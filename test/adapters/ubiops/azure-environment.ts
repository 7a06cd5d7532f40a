import type { AzureEndpoint } from '../../../demo/server/platforms/ubiops/index.js';

/** The account that every Azure storage emulator has; its key is published and opens nothing else. */
const EMULATOR = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** An Azure Blob Storage to test against: `AZURITE_URL` with or without the account in it, or `AZURE_URL` with keys. */
export function azureFromEnvironment(): AzureEndpoint | undefined {
  const { AZURITE_URL, AZURE_URL, AZURE_ACCOUNT, AZURE_KEY } = process.env;
  if (AZURE_URL && AZURE_ACCOUNT && AZURE_KEY) {
    return { url: AZURE_URL, account: AZURE_ACCOUNT, key: AZURE_KEY };
  }
  if (!AZURITE_URL) return undefined;
  const url = AZURITE_URL.replace(/\/+$/, '');
  return {
    ...EMULATOR,
    url: url.endsWith(`/${EMULATOR.account}`) ? url : `${url}/${EMULATOR.account}`,
  };
}
