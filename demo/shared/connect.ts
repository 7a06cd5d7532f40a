import { registerBackend } from 'file-transfer-elements';
import { s3, signerEndpoint } from 'file-transfer-elements/adapters/s3';

/** What `/api/config` tells. */
export interface DemoConfig {
  bucketUrls: string[];
  bucket: string;
  region: string;
  storage: 'local' | 'external';
}

/**
 * Registers the demo's bucket under the name `lab`. Every page does exactly this; a real page would write the
 * bucket's URL down instead of asking for it.
 */
export async function connectLab(): Promise<DemoConfig> {
  const config: DemoConfig = await (await fetch('/api/config')).json();
  registerBackend('lab', s3({ bucketUrl: config.bucketUrls, ...signerEndpoint('/api/sign') }));
  return config;
}
