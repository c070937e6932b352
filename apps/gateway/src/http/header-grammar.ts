import peggy from 'peggy';

/** What a header says, by the rule that reads it. */
interface Read {
  readonly Prefer: readonly { readonly name: string; readonly value: string | null }[];
  readonly IfNoneMatch: '*' | readonly string[];
  readonly ContentType: { readonly type: string; readonly parameters: ReadonlyMap<string, string> };
  readonly ContentEncoding: readonly string[];
  readonly Authorization: string;
}

/**
 * Each header that has a grammar and is read here, rule by rule as the RFCs have it: 9110, and those that are named. Lists may have
 * empty elements, names and codings are given in lower case, and of quoted strings and of tags what is between the quotes.
 * Headers that are not here are plain text, or read by the server itself: Host, Content-Length, Transfer-Encoding, Expect.
 *
 * npm has parsers of single headers, which do not keep to them: content-type and parse-prefer-header find a `wait` in
 * `foo=a b, wait=3`, and fresh no `"3"` behind a tab.
 */
const grammar = String.raw`
{{
  const present = (first, rest) => [first, ...rest].filter((element) => element !== null);
}}

// RFC 7240, 2
Prefer = first:preference? rest:(OWS "," OWS @preference?)* { return present(first, rest); }
preference = name:name value:(BWS "=" BWS @word)? (OWS ";" (OWS preferenceParameter)?)* { return { name, value }; }
preferenceParameter = token (BWS "=" BWS word)?

// 13.1.2, 8.8.3; weakly compared
IfNoneMatch = "*" / first:entityTag? rest:(OWS "," OWS @entityTag?)* { return present(first, rest); }
entityTag = "W/"? DQUOTE @$[\x21\x23-\x7e\x80-\xff]* DQUOTE

// 8.3.1, 5.6.6; of parameters that are repeated the first
ContentType = type:$(token "/" token) found:parameters
  { return { type: type.toLowerCase(), parameters: new Map(found.toReversed()) }; }
parameters = found:(OWS ";" OWS @parameter?)* { return found.filter((parameter) => parameter !== null); }
parameter = name:name "=" value:word { return [name, value]; }

// 8.4
ContentEncoding = first:name? rest:(OWS "," OWS @name?)* { return present(first, rest); }

// RFC 6750, 2.1, with more characters: an OPERATOR_TOKEN may have any that are visible
Authorization = "Bearer"i " "+ @$[\x21-\x7e]+

// 5.6
word = token / quotedString
name = text:token { return text.toLowerCase(); }
token = $[!#$%&'*+\-.^_\x60|~0-9A-Za-z]+
quotedString = DQUOTE text:(qdtext / quotedPair)* DQUOTE { return text.join(''); }
qdtext = $[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]+
quotedPair = "\\" @[\t \x21-\x7e\x80-\xff]
DQUOTE = "\""
OWS = [ \t]*
BWS = OWS
`;

const allowedStartRules = ['Prefer', 'IfNoneMatch', 'ContentType', 'ContentEncoding', 'Authorization'];
const parser = peggy.generate(grammar, { allowedStartRules });

/**
 * Characters, before anybody is known: the worst of 1,000 takes half a millisecond, and eight times as long at 8,000. A token may
 * be a long one, and is cheap: it has no lists.
 */
const longest: Readonly<Record<keyof Read, number>> = {
  Prefer: 1_000,
  IfNoneMatch: 1_000,
  ContentType: 1_000,
  ContentEncoding: 1_000,
  Authorization: 8_000,
};

/**
 * What a header says; undefined for one that does not follow its grammar, that is longer than any that is meant, and for none. Node
 * has taken the spaces around it away.
 */
export function readHeader<Rule extends keyof Read>(
  rule: Rule,
  header: string | undefined,
): Read[Rule] | undefined {
  if (header === undefined || header.length > longest[rule]) return undefined;
  try {
    return parser.parse(header, { startRule: rule }) as Read[Rule];
  } catch (error) {
    if (error instanceof parser.SyntaxError) return undefined;
    throw error;
  }
}
