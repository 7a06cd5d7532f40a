/** The fields' values out of an environment: `UBIOPS_BASE_URL` is `baseUrl`, `SMARTS_BIO_API_KEY` is `apiKey`. */
export function standInValues(
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const address = Object.keys(environment).find(name => name.endsWith('BASE_URL'));
  if (address === undefined) return {};
  const prefix = address.slice(0, -'BASE_URL'.length);
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name
        .slice(prefix.length)
        .toLowerCase()
        .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
