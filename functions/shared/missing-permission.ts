/** In the words of every AWS service; S3 puts the resource in quotes. An ARN holds names of resources, no customer data. */
const REFUSAL = /is not authorized to perform: ([\w-]+:\w+) on resource: "?(arn:[^\s"]+)/;

/** What an AWS error says about the permission that its caller lacks; undefined if it is about something else. */
export function missingPermission(error: Error): { readonly action: string; readonly resource: string } | undefined {
  const [, action, resource] = REFUSAL.exec(error.message) ?? [];
  return action && resource ? { action, resource } : undefined;
}
