import { describe, expect, it } from '@jest/globals';
import { complaintAbout, isAtLeast, javaVersion, tools } from './prerequisites.mjs';

const tool = (name) => tools.find((candidate) => candidate.name === name);

describe('prerequisites', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6)', '17.0.15'],
    ['openjdk version "25" 2025-09-16', '25'],
    ['openjdk version "24-ea" 2025-03-18', '24'],
    ['java version "1.8.0_392"\nJava(TM) SE Runtime Environment', '8'],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21.0.2" 2024-01-16 LTS', '21.0.2'],
    ['bash: java: not today', undefined],
  ])('finds the version of Java in %j', (output, version) => expect(javaVersion(output)).toBe(version));

  it.each([
    ['20.19.0', '20.19', true],
    ['20.9.0', '20.19', false],
    ['24.0.0', '20.19', true],
    ['18.20.4', '20.19', false],
    ['25', '17', true],
    ['3.6.3', '3.6.3', true],
  ])('knows whether %s is at least %s: %s', (version, least, answer) =>
    expect(isAtLeast(version, least)).toBe(answer),
  );

  it('finds the version of Maven, colours or not', () => {
    expect(
      complaintAbout(tool('Maven'), '\u001b[1mApache Maven 3.8.7\u001b[m\nMaven home: /usr/share/maven'),
    ).toBeUndefined();
    expect(
      complaintAbout(tool('Maven'), 'Apache Maven 3.9.11 (3e54c93a704957b63ee3494413a2b544fd3d825b)'),
    ).toBeUndefined();
    expect(complaintAbout(tool('Maven'), 'Apache Maven 3.3.9')).toMatch(
      /^Maven 3\.3\.9 is too old: install Apache Maven, 3\.6\.3/,
    );
  });

  it('says in one sentence what is missing or too old and what to install', () => {
    expect(complaintAbout(tool('Java'), undefined)).toBe(
      'Java is missing: install a JDK, 17 or later, and have its java on the PATH.',
    );
    expect(complaintAbout(tool('Java'), 'openjdk version "11.0.2"')).toMatch(
      /^Java 11\.0\.2 is too old: install a JDK/,
    );
    expect(complaintAbout(tool('Java'), 'No Java runtime present')).toMatch(
      /^Java does not tell its version \(No Java runtime present\)/,
    );
    expect(complaintAbout(tool('npm'), 'npm warn something\n11.6.2\n')).toBeUndefined();
  });
});
