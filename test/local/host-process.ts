import { openSession, type SessionOptions } from '../../local/session.ts';

// A command that uses the embedded stack, as a process of its own: prints its session as JSON, ends when its input does.
const session = await openSession(JSON.parse(process.argv[2] ?? '{}') as SessionOptions);
console.log(JSON.stringify({ url: session.url, hosts: session.stack !== undefined }));
process.stdin.resume().on('end', () => session.close());
