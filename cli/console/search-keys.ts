/**
 * Standard keys by which a customer can be found beside the customer key.
 * SearchProfiles, Customer Profiles API Reference, read 2026-11.
 */
export const SEARCH_KEYS = [
  { keyName: '_email', words: 'e-mail address' },
  { keyName: '_phone', words: 'phone number' },
  { keyName: '_fullName', words: 'full name' },
] as const;
