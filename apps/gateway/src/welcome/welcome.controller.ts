import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { WELCOME_CONFIG, type WelcomeConfig } from './welcome.config.ts';

/** Tells people who open the gateway's address what is here. */
@ApiExcludeController()
@Controller()
export class WelcomeController {
  private readonly page: string;

  constructor(@Inject(WELCOME_CONFIG) { mailboxUrl }: WelcomeConfig) {
    this.page = pageOf([
      ['/docs', 'the API, to read and to try'],
      ['/openapi.json', 'its OpenAPI document'],
      ['/asyncapi', 'the commands and events behind it, to read'],
      ['/asyncapi.json', 'their AsyncAPI document'],
      ['/v1/products', 'what is on sale'],
      ['/v1/orders', 'orders, newest first'],
      ['/health/ready', 'whether the gateway can do its work'],
      ...(mailboxUrl ? ([[mailboxUrl, 'the mailbox, with the e-mails to customers']] as const) : []),
    ]);
  }

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  welcome(): string {
    return this.page;
  }
}

const pageOf = (links: readonly (readonly [href: string, what: string])[]) => `<!doctype html>
<html lang="en">
<title>Atelier</title>
<h1>Atelier</h1>
<p>The gateway of a platform that places orders. Here are:</p>
<ul>
${links.map(([href, what]) => `<li><a href="${attribute(href)}">${attribute(href)}</a>: ${what}</li>`).join('\n')}
</ul>
</html>
`;

const attribute = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
