import type { Adapter, Container, Containers } from '../adapter.js';
import type { SmartsBioClient } from './client.js';
import { badAnswer } from './errors.js';

/** The workspaces a key may use. The API can list them, and nothing else. */
export function workspaces(client: SmartsBioClient, open: (id: string) => Adapter): Containers {
  return {
    word: 'workspace',
    current: client.options.workspaceId,
    open,
    async list({ signal, query = '' }) {
      const found = await client.data({ method: 'GET', route: 'workspaces' }, { signal }, { direct: true });
      if (!Array.isArray(found)) throw badAnswer('a list of workspaces without data');
      const words = query.toLocaleLowerCase();
      const containers = found.map(containerOf).filter(container => container !== undefined);
      return { containers: containers.filter(({ name }) => name.toLocaleLowerCase().includes(words)) };
    },
  };
}

function containerOf(value: unknown): Container | undefined {
  const { id, name, description, createdAt } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string') return undefined;
  const created = typeof createdAt === 'string' ? Date.parse(createdAt) : Number.NaN;
  return {
    id,
    name: typeof name === 'string' && name !== '' ? name : id,
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    ...(Number.isNaN(created) ? {} : { created }),
  };
}
