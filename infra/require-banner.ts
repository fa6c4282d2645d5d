/** Some packages in a bundle call `require`, which a module does not have. */
export const REQUIRE_BANNER =
  "import { createRequire as bannerCreateRequire } from 'node:module'; const require = bannerCreateRequire(import.meta.url);";
