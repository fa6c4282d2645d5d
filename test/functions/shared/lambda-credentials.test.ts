import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../functions/shared/lambda-credentials.ts';

const SET = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

function givenVariables(variables: Partial<typeof SET>): void {
  for (const name of Object.keys(SET)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

describe('the credentials of a function', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('are those in the variables that Lambda sets', async () => {
    givenVariables(SET);
    const expected = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
    expect(await defaultProvider()()).toEqual(expected);
  });

  it('have no session token where there is none, as on the embedded stack', async () => {
    const { AWS_SESSION_TOKEN: _, ...withoutToken } = SET;
    givenVariables(withoutToken);
    expect(await defaultProvider()()).not.toHaveProperty('sessionToken');
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'are missed by the name of the variable: %s',
    async (name) => {
      givenVariables({ ...SET, [name]: '' });
      await expect(defaultProvider()()).rejects.toThrow(name);
    },
  );
});
