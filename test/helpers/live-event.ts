/** Event ids as EventBridge gives them. */
export function eventId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** An event as EventBridge delivers it. */
export function deliveredEvent(detail: unknown, over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    version: '0',
    id: eventId(1),
    'detail-type': 'Customer Changed',
    source: 'crm.example',
    account: '000000000000',
    time: '2026-11-22T09:30:00Z',
    region: 'us-east-1',
    resources: [],
    detail,
    ...over,
  };
}
