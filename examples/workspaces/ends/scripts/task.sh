#!/bin/sh
echo "did $1"
