import { describe, expect, it } from 'vitest';
import { channelOf } from '../../../src/enrich/channel.ts';
import { categoryOfSource } from '../../../src/enrich/sources.ts';
import cases from '../../fixtures/channels.json' with { type: 'json' };

describe('channelOf', () => {
  it.each(cases)('"$source" / "$medium" / "$campaign" is $channel', ({ channel, ...traffic }) => {
    expect(channelOf(traffic)).toBe(channel);
  });

  it.each([
    // The first rule that matches counts.
    ['Paid Search', 'google', 'cpm', ''],
    ['Display', 'some-network', 'cpm', ''],
    ['Cross-network', 'google', 'cpc', 'Cross-Network 1'],
    ['Paid Shopping', 'google', 'cpc', 'summer shop'],
    // The rule takes an "e" before "shop" too, but no other letter.
    ['Paid Search', 'google', 'cpc', 'workshop'],
    ['Paid Other', 'mail.google.com', 'cpc', ''],
    ['Paid Other', 'google.com.evil.example', 'cpc', ''],
    ['Organic Search', 'google.com', '', ''],
    ['Paid Social', 'facebook.com', 'cpc', ''],
    ['Paid Social', 'm.facebook.com', 'cpc', ''],
    ['Paid Social', 'pin.it', 'cpc', ''],
    ['Paid Video', 'youtube.com', 'cpc', ''],
    ['Paid Video', 'youtu.be', 'cpc', ''],
    ['Paid Shopping', 'amazon.com', 'cpc', ''],
    ['Paid Shopping', 'www.amazon.de', 'cpc', ''],
    ['AI Assistants', 'chatgpt.com', '', ''],
    ['AI Assistants', 'perplexity.ai', 'referral', ''],
    ['Paid Other', 'chatgpt.com', 'cpc', ''],
    ['Organic Social', 'm.facebook.com', 'referral', ''],
    ['Referral', 'mail.yahoo.com', 'referral', ''],
    ['Email', 'newsletter', 'E-Mail', ''],
    ['Push', 'app', 'web-push', ''],
    ['Unassigned', 'newsletter', '', ''],
    ['Unassigned', '', '', 'spring'],
  ])('says %s of "%s" / "%s" / "%s"', (channel, source, medium, campaign) => {
    expect(channelOf({ source, medium, campaign })).toBe(channel);
  });
});

describe('a search engine as a campaign names it', () => {
  it.each([
    'google.com',
    'www.google.com',
    'Google.co.uk',
    'bing.com',
    'duckduckgo.com',
    'baidu.com',
    'ask.com',
    'kagi.com',
    'www.kagi.com',
    'brave',
    'search.brave.com',
    'mojeek.com',
  ])('%s', (source) => {
    expect(channelOf({ source, medium: 'cpc', campaign: '' })).toBe('Paid Search');
  });
});

describe('categoryOfSource', () => {
  it.each([
    ['FACEBOOK', 'social'],
    ['www.youtube.com', 'video'],
    ['l.instagram.com', 'social'],
    ['gemini.google.com', 'assistant'],
    ['duckduckgo', 'search'],
    ['shop.example', undefined],
    ['facebook.com.evil.example', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('of %s is %s', (source, category) => {
    expect(categoryOfSource(source)).toBe(category);
  });
});
