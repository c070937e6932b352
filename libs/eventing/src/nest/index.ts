import 'reflect-metadata';

export * from './handlers.ts';
