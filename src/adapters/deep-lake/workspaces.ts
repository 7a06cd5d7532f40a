/** The workspaces of an organisation, as containers. Their names stand in the API's paths. */
import type { Adapter, CallOptions, Container, ContainerInput, Containers } from '../adapter.js';
import type { DeepLakeClient } from './client.js';
import { textOf } from './entries.js';
import { badAnswer, invalid } from './errors.js';

export function workspaces(client: DeepLakeClient, open: (id: string) => Adapter): Containers {
  async function all({ signal }: CallOptions): Promise<Container[]> {
    const url = client.serviceUrl('workspaces');
    const answer = await client.sendForJson({ method: 'GET', url }, { signal }, { again: true });
    const found = Array.isArray(answer) ? answer : (answer as { data?: unknown } | null)?.data;
    if (!Array.isArray(found)) throw badAnswer('a list of workspaces without data');
    return found.map(containerOf).filter(container => container !== undefined);
  }

  const send = async (method: 'POST' | 'PATCH', input: ContainerInput, call: CallOptions, id?: string) => {
    const name = nameIn(input);
    const url = client.serviceUrl('workspaces', ...(id === undefined ? [] : [id]));
    const answer = await client.sendForJson({ method, url, json: { name } }, call);
    const { data } = (answer ?? {}) as { data?: unknown };
    return containerOf(answer) ?? containerOf(data) ?? { id: name, name };
  };

  return {
    word: 'workspace',
    current: client.options.workspace,
    open,
    fields: [{ name: 'name', label: 'Name', type: 'text', required: true }],
    async list({ signal, query = '' }) {
      const words = query.toLocaleLowerCase();
      return {
        containers: (await all({ signal })).filter(({ name }) => name.toLocaleLowerCase().includes(words)),
      };
    },
    async create(input, call) {
      return send('POST', input, call);
    },
    async update(id, input, call) {
      return send('PATCH', input, call, id);
    },
    /** With everything in it. */
    async remove(id, call) {
      await client.send({ method: 'DELETE', url: client.serviceUrl('workspaces', id) }, call);
    },
  };
}

function nameIn({ name }: ContainerInput): string {
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  throw invalid('A workspace needs a name.');
}

function containerOf(value: unknown): Container | undefined {
  const facts = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const name = textOf(facts.name) ?? textOf(facts.id);
  if (name === undefined) return undefined;
  const created = Date.parse(String(facts.created_at ?? facts.createdAt ?? ''));
  return {
    // Paths name workspaces by their name; an id of another kind goes along for pages that want it.
    id: name,
    name,
    ...(Number.isNaN(created) ? {} : { created }),
    ...(textOf(facts.id) === undefined || facts.id === name ? {} : { extra: { id: facts.id } }),
  };
}
