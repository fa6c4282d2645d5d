import { badRequest, ProfilesError } from './errors.ts';
import { type ObjectType, parseObjectType } from './object-type.ts';
import type { ProfileStore } from './profile-store.ts';

/** An object type and when it came to be, in epoch milliseconds. */
export interface KnownType {
  readonly type: ObjectType;
  readonly created: number;
  readonly updated: number;
}

/** The object types of all domains, read once and kept parsed: every put needs one. */
export class ObjectTypes {
  readonly #store: ProfileStore;
  #byDomain = new Map<string, Map<string, KnownType>>();

  constructor(store: ProfileStore) {
    this.#store = store;
    this.#load();
  }

  /** @throws ProfilesError ResourceNotFoundException */
  all(domain: string): readonly KnownType[] {
    if (!this.#store.hasDomain(domain)) throw notFound(`Domain ${domain} does not exist.`);
    return [...(this.#byDomain.get(domain)?.values() ?? [])];
  }

  /** @throws ProfilesError ResourceNotFoundException */
  find(domain: string, name: string): KnownType {
    const known = this.#byDomain.get(domain)?.get(name) ?? this.all(domain).find(({ type }) => type.name === name);
    if (known === undefined) throw notFound(`Object type ${name} does not exist in domain ${domain}.`);
    return known;
  }

  /**
   * Creates or replaces a type, from the properties of an AWS::CustomerProfiles::ObjectType.
   *
   * @throws ProfilesError ResourceNotFoundException or BadRequestException
   */
  put(domain: string, properties: Readonly<Record<string, unknown>>): void {
    const type = parseObjectType(properties);
    if (type.name.startsWith('_'))
      throw badRequest(`${type.name}: names with an underscore are those of standard types.`);
    const others = this.all(domain).flatMap(({ type: other }) => (other.name === type.name ? [] : other.keys));
    for (const { name, field } of type.keys) {
      const same = [...others, ...type.keys].find(
        (key) => key.name === name && key.field.contentType !== field.contentType,
      );
      if (same)
        throw badRequest(`The key ${name} has the content type ${same.field.contentType} in this domain already.`);
    }
    this.#store.putObjectType(domain, type.name, properties);
    this.#load();
  }

  #load(): void {
    this.#byDomain = new Map();
    for (const { domain, properties, created, updated } of this.#store.objectTypes()) {
      const type = parseObjectType(properties);
      const types = this.#byDomain.get(domain) ?? new Map<string, KnownType>();
      this.#byDomain.set(domain, types.set(type.name, { type, created, updated }));
    }
  }
}

const notFound = (message: string) => new ProfilesError('ResourceNotFoundException', message);
