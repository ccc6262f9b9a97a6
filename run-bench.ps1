#!/usr/bin/env pwsh
# Runs the benches. Without PowerShell, the same is: dotnet run -c Release --project bench/Concierge.Benchmarks -- --isa all --quick
# -Filter 'G711*'   only benches whose Class.Method matches
# -Isa all          instruction sets: best, avx2, vector128, scalar (comma-separated), or all
# -Quick            short runs
# Anything else, such as --dry or --output DIR, goes to the program as it is.
[CmdletBinding(PositionalBinding = $false)]
param(
    [string] $Filter = '*',
    [string[]] $Isa = @('best'),
    [switch] $Quick,
    [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Rest = @()
)

$arguments = @('--filter', $Filter, '--isa', ($Isa -join ','))
if ($Quick) { $arguments += '--quick' }
if ($Rest) { $arguments += $Rest }
dotnet run -c Release --project (Join-Path $PSScriptRoot 'bench/Concierge.Benchmarks') -- @arguments
exit $LASTEXITCODE
