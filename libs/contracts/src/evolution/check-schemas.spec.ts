import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSchemas } from '../generate/read-schemas.ts';
import { renderAll } from '../generate/render.ts';
import { type Checked, checkSchemas, isCi } from './check-schemas.ts';
import { writeNextVersion } from './next-version.ts';

const orderId = { name: 'orderId', type: 'string' };
const email = { name: 'email', type: 'string' };
const channel = { name: 'channel', type: 'string', default: 'web' };
const schema = (name: string, ...fields: readonly object[]) => ({
  type: 'record',
  name,
  namespace: 'atelier.orders',
  fields: [orderId, ...fields],
});

let root: string;
let dir: URL;
let generated: URL;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'evolution-'));
  dir = pathToFileURL(`${root}/schemas/`);
  generated = pathToFileURL(`${root}/generated/`);
  await mkdir(generated);
  await write('Placed.v1.avsc', schema('Placed', email));
});
afterEach(() => rm(root, { recursive: true }));

async function write(file: string, content: object, topic = 'orders.events'): Promise<void> {
  await mkdir(new URL(`${topic}/`, dir), { recursive: true });
  await writeFile(new URL(`${topic}/${file}`, dir), JSON.stringify(content, null, 2));
}

/** Nobody's settings, and no hook's repository. */
function git(...args: readonly string[]): string {
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];
  const env = { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-C', root, ...author, ...args], { env, stdio: 'pipe' })
    .toString()
    .trim();
}

function commit(message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
}

/** With the code generated, as somebody has who has forgotten nothing else. */
async function check(): Promise<string> {
  const files = renderAll(await readSchemas(dir).catch(() => []));
  for (const [file, text] of files) await writeFile(new URL(file, generated), text);
  const { wrong, seen } = await checkSchemas(dir, generated);
  return [...wrong, ...seen].join('\n').replaceAll('libs/contracts/schemas/', '');
}

/** In a process of its own, whose PATH has no git. */
function checkedWithoutGit(): Checked {
  const code = `
    import { checkSchemas } from '${new URL('check-schemas.ts', import.meta.url).href}';
    const checked = await checkSchemas(new URL('${dir.href}'), new URL('${generated.href}'), true);
    console.log(JSON.stringify(checked));`;
  const args = ['--conditions=source', '--input-type=module', '--eval', code];
  return JSON.parse(execFileSync(process.execPath, args, { env: { PATH: root } }).toString()) as Checked;
}

describe('schemas:check', () => {
  it('lets pass what all can read, and says what it has compared', async () => {
    await write('Placed.v2.avsc', schema('Placed', email, channel));
    expect(await check()).toBe(
      `2 versions of 1 messages are compared, each with all of its message
released versions are not compared: this is no git repository. The deployment compares them with the registry`,
    );
  });

  it('says in which line what breaks whom, under which level, and what is allowed instead', async () => {
    const renamed = { name: 'contact', type: 'string', aliases: ['email'] };
    await write('Placed.v2.avsc', schema('Placed', renamed));
    expect(await check()).toContain(
      `orders.events/Placed.v2.avsc:11 email was renamed to contact by an alias alone, and an alias helps only those who read with it: v1 does not have it
    level    FULL_TRANSITIVE, as for every event: each version reads all others
    breaks   today's consumers, during the roll-out: v1 cannot read what v2 writes
    instead  1. keep email, add contact with a default and without the alias, and write both
             2. move readers to contact; where it has its default they take email, as older records have nothing else
             3. go on writing email: v1 has no default for it. Without it is a message of a new type, with an upcaster`,
    );
  });

  it('asks only new readers of commands', async () => {
    await write('Place.v1.avsc', schema('Place', email), 'orders.commands');
    await write('Place.v2.avsc', schema('Place'), 'orders.commands');
    expect(await check()).toContain('3 versions of 2 messages are compared');
    await write('Place.v3.avsc', schema('Place', { ...email, type: 'int' }), 'orders.commands');
    expect(await check()).toContain(
      'BACKWARD_TRANSITIVE, as for every command: each version reads all before it',
    );
  });

  it('is told that generated code is out of date: changed, missing, or left over', async () => {
    await check();
    await writeFile(new URL('records.ts', generated), '// by hand');
    await rm(new URL('index.ts', generated));
    await writeFile(new URL('gone.events.ts', generated), '');
    const { wrong } = await checkSchemas(dir, generated);
    expect(wrong).toEqual([
      'libs/contracts/src/generated is not what the schemas say (gone.events.ts, index.ts, records.ts): run npm run generate -w @atelier/contracts',
    ]);
  });
});

describe('a released version', () => {
  beforeEach(() => {
    git('init', '--quiet', '--initial-branch=main');
    commit('first');
  });

  const changed =
    'orders.events/Placed.v1.avsc was changed after its release: put it back, and write the change into the next version (npm run schemas:new Placed)';

  it('is not changed, not even where everybody could read it', async () => {
    await write('Placed.v1.avsc', schema('Placed', email, channel));
    expect(await check()).toContain(changed);
    commit('a change in place');
    expect(await check()).toContain(changed);
  });

  it('may be put back', async () => {
    await write('Placed.v1.avsc', schema('Placed', email, channel));
    commit('a change in place');
    await write('Placed.v1.avsc', schema('Placed', email));
    expect(await check()).not.toContain('was changed');
  });

  it('may be formatted otherwise', async () => {
    const file = new URL('orders.events/Placed.v1.avsc', dir);
    await writeFile(file, JSON.stringify(JSON.parse(await readFile(file, 'utf8'))));
    expect(await check()).not.toContain('was changed');
  });

  it('cannot be compared in a shallow clone, which is wrong where CI is set (an edited one passed)', async () => {
    await write('Placed.v1.avsc', schema('Placed', email, channel));
    commit('a change in place');
    await check();
    const clone = await mkdtemp(join(tmpdir(), 'shallow-'));
    git('clone', '--quiet', '--depth', '1', pathToFileURL(root).href, clone);
    const checked = (wholeHistory: boolean) =>
      checkSchemas(pathToFileURL(`${clone}/schemas/`), generated, wholeHistory);
    const [here, inCi] = [await checked(false), await checked(true)];
    await rm(clone, { recursive: true });
    expect(here).toMatchObject({
      wrong: [],
      seen: [expect.anything(), expect.stringContaining('this clone has only the last commits')],
    });
    expect(inCi.wrong).toEqual([expect.stringContaining('fetch the whole history (git fetch --unshallow;')]);
  });

  const repository = () => join(root, '.git');
  it.each([
    [
      'is refused by git',
      /git rev-parse failed: fatal: .*nowhere/,
      async () => {
        await rm(repository(), { recursive: true });
        await writeFile(repository(), 'gitdir: nowhere');
      },
    ],
    [
      'has no commit',
      /git ls-tree failed: fatal: /,
      async () => {
        await rm(repository(), { recursive: true });
        git('init', '--quiet');
      },
    ],
    [
      'has lost what was released',
      /git cat-file failed: fatal: /,
      async () => {
        const blob = git('rev-parse', 'HEAD:schemas/orders.events/Placed.v1.avsc');
        await rm(join(repository(), 'objects', blob.slice(0, 2), blob.slice(2)));
      },
    ],
  ])(
    'of a repository that %s is not compared, which is wrong where CI is set (it passed)',
    async (_, why, spoil) => {
      await write('Placed.v1.avsc', schema('Placed', email, channel));
      await check();
      await spoil();
      const [here, inCi] = [await checkSchemas(dir, generated), await checkSchemas(dir, generated, true)];
      const said = expect.stringMatching(why);
      expect(here).toMatchObject({ wrong: [], seen: [expect.anything(), said] });
      expect(inCi.wrong).toEqual([said]);
    },
  );

  it('is not compared where git is missing, which is wrong where CI is set, unless there is no repository (it passed)', async () => {
    await check();
    expect(checkedWithoutGit().wrong).toEqual([
      expect.stringContaining('git rev-parse failed: spawn git ENOENT'),
    ]);
    await rm(repository(), { recursive: true });
    expect(checkedWithoutGit()).toMatchObject({
      wrong: [],
      seen: [expect.anything(), expect.stringContaining('this is no git repository')],
    });
  });

  it.each([
    ['true', true],
    ['1', true],
    ['woodpecker', true],
    ['false', false],
    ['0', false],
    ['', false],
    [undefined, false],
  ])('is read by nobody where CI is %j: %s', (value, nobody) => {
    expect(isCi(value)).toBe(nobody);
  });

  it('is not removed, nor moved', async () => {
    await write('Other.v1.avsc', schema('Other'));
    await rm(new URL('orders.events/Placed.v1.avsc', dir));
    commit('gone');
    expect(await check()).toContain(
      'orders.events/Placed.v1.avsc was released, and is gone: put it back, records are read with it for ever',
    );
  });

  it('is one with the commit that has it, and not before; what is merged counts as one', async () => {
    git('switch', '--quiet', '--create', 'draft');
    await write('Placed.v2.avsc', schema('Placed', email, channel));
    commit('a draft');
    await write('Placed.v2.avsc', schema('Placed', email, { ...channel, default: 'store' }));
    commit('another draft');
    expect(await check()).toContain('Placed.v2.avsc was changed');
    git('switch', '--quiet', 'main');
    git('merge', '--quiet', '--no-ff', '--message', 'merge', 'draft');
    expect(await check()).toContain('2 of them released, and as they were released');
  });
});

describe('schemas:new', () => {
  it('writes the next version as the newest is, to be edited', async () => {
    const told = await writeNextVersion('Placed', dir);
    expect(told).toContain('libs/contracts/schemas/orders.events/Placed.v2.avsc is written, as v1 is. Next:');
    // Each step that the build, or a spec, asks for.
    for (const step of ['schemas:check', 'generate -w @atelier/contracts', 'typecheck', 'docs:events'])
      expect(told).toContain(`npm run ${step}`);
    expect(await readFile(new URL('orders.events/Placed.v2.avsc', dir), 'utf8')).toBe(
      await readFile(new URL('orders.events/Placed.v1.avsc', dir), 'utf8'),
    );
    expect(await check()).toBe('orders.events/Placed.v2.avsc says what v1 says: edit it, or remove it');
    await expect(writeNextVersion('Placed', dir)).rejects.toThrow('says what v1 says');
  });

  it('knows no other names, and says which may be meant', async () => {
    await expect(writeNextVersion('Placd', dir)).rejects.toThrow(
      'There is no message Placd in libs/contracts/schemas. Is it Placed? A new message is a new file: <topic>/Placd.v1.avsc',
    );
    await expect(writeNextVersion('', dir)).rejects.toThrow('There is no message');
  });
});
